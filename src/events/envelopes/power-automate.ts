import { isObject } from '../schema-validator.ts';
import { decodeBase64, type HeaderReader, noHeaders, type Opener, own, ownText } from './wrapping.ts';

/**
 * Opens what a flow forwards of its trigger: `{"body": …}` in any case, with `headers` if the flow sends all of the trigger's
 * outputs; or base64 in `$content`, if the flow does not know the body's media type.
 * @see https://learn.microsoft.com/azure/logic-apps/logic-apps-content-type
 */
export const openPowerAutomate: Opener = (value) => {
  const base64 = ownText(value, '$content');
  if (base64 !== null) {
    const text = decodeBase64(base64);
    return text === null
      ? { kind: 'unreadable', pointer: '/$content', message: 'must be base64 of JSON in UTF-8' }
      : { kind: 'content', via: 'power-automate', value: text, pointer: '/$content' };
  }
  // A customer's own field may have this name, too.
  if (Object.hasOwn(value, 'EventId')) return null;
  const [name, body] = named(value, 'body');
  if (typeof body !== 'string' && (typeof body !== 'object' || body === null)) return null;
  const [, headers] = named(value, 'headers');
  return {
    kind: 'content',
    via: 'power-automate',
    value: body,
    pointer: `/${name}`,
    header: headersOf(headers),
  };
};

/** A member by its name in any case, the exact one first: makers of flows type these names by hand. */
function named(value: Readonly<Record<string, unknown>>, wanted: string): [name: string, value: unknown] {
  const names = Object.keys(value).filter((name) => name.toLowerCase() === wanted);
  const name = names.includes(wanted) ? wanted : (names[0] ?? wanted);
  return [name, own(value, name)];
}

function headersOf(headers: unknown): HeaderReader {
  if (!isObject(headers)) return noHeaders;
  const byName = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => {
    const value = byName.get(name);
    return typeof value === 'string' ? value : null;
  };
}
