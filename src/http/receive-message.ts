import { defaultEnvironment } from '../events/envelopes/environment-of.ts';
import { isObject } from '../events/schema-validator.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { UseCases } from '../usecases/use-cases.ts';
import { answer } from './answer.ts';
import { businessEventsRoute } from './business-events-route.ts';
import type { ProblemDetails } from './problem.ts';

/** What became of a message that did not come over HTTP. */
export type MessageOutcome = { kind: 'taken' } | NotTaken;

/** `unreadable`: it, or a part of it, will never be read. Otherwise it must be delivered again. */
type NotTaken = { kind: 'unreadable' | 'unavailable' | 'failed'; environment: string; reason: string };

/**
 * Takes a message's bytes as the webhook would take them: the same envelopes, limits and answers. Without an
 * environment it is for whom its sender or the default names. Resolves always.
 */
export async function receiveMessage(
  useCases: UseCases,
  telemetry: Telemetry,
  message: unknown,
  named: string | null,
): Promise<MessageOutcome> {
  const environment = named ?? defaultEnvironment(useCases.fnoEnvironments) ?? '';
  if (!(message instanceof Uint8Array)) {
    const reason = 'It came parsed, not as bytes, so that digits may be lost.';
    return { kind: 'unreadable', environment, reason };
  }
  const url = new URL('http://message/');
  if (named !== null) url.searchParams.set('environment', named);
  const headers = { 'content-type': 'application/json' };
  const request = new Request(url, { method: 'POST', headers, body: Buffer.from(message) });
  const response = await answer(telemetry, () => businessEventsRoute.handle(useCases, request, {}));
  const problems = problemsIn(await response.json());
  const reason = problems.map(reasonOf).join(' ');
  if (response.status === 503) return { kind: 'unavailable', environment, reason };
  if (response.status >= 500) return { kind: 'failed', environment, reason };
  return problems.length > 0 ? { kind: 'unreadable', environment, reason } : { kind: 'taken' };
}

/** An answer is one object, or a list with a problem in the place of each event that is not taken. */
function problemsIn(body: unknown): ProblemDetails[] {
  const answers: unknown[] = Array.isArray(body) ? body : [body];
  return answers.filter(isProblem);
}

function isProblem(value: unknown): value is ProblemDetails {
  return isObject(value) && String(value['type']).startsWith('urn:batch-retry:problem:');
}

/** What a parser says of text that is no JSON may quote it: that stays out of the log. */
function reasonOf({ title, status, detail }: ProblemDetails): string {
  return status === 400 ? `${title}.` : `${title}: ${detail}`;
}
