import type { FailureText, Worded } from './cause.ts';
import { fingerprintOf } from './fingerprint.ts';
import { cutText, plainText } from './plain-text.ts';

/** No name in X++ is longer. */
const maxClassName = 200;

/**
 * Chooses the cause among the texts of one run: the first text of the infolog, which is what a person would read in
 * F&O, or else the first of the platform. All others follow it, each once. Null if there is no text.
 */
export function chooseCause(texts: readonly FailureText[]): Worded | null {
  const worded = texts.flatMap((one) => {
    const text = plainText(one.text);
    return text === '' ? [] : [{ ...one, text }];
  });
  const inOrder = worded.toSorted(
    (one, other) => rank(one) - rank(other) || one.at.getTime() - other.at.getTime(),
  );
  const [first] = inOrder;
  if (!first) return null;
  const text = cutText([...new Set(inOrder.map((one) => one.text))].join('\n'));
  const className = first.className && cutText(plainText(first.className), maxClassName);
  return { text, fingerprint: fingerprintOf(first.text), source: first.source, className };
}

/** The cause that an event itself brings; null if its text is empty. */
export function causeOfEvent(given: string): Worded | null {
  const text = plainText(given);
  if (text === '') return null;
  return { text, fingerprint: fingerprintOf(text), source: 'event', className: null };
}

function rank({ source }: FailureText): number {
  return source === 'infolog' ? 0 : 1;
}
