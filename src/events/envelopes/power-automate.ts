import { isObject } from '../schema-validator.ts';
import { decodeBase64, type HeaderReader, noHeaders, type Opener, own, ownText } from './wrapping.ts';

/**
 * Opens what a flow forwards of its trigger: `{"body": …}`, with `headers` if the flow sends all of the trigger's
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
  const body = own(value, 'body');
  if (typeof body !== 'string' && (typeof body !== 'object' || body === null)) return null;
  const header = headersOf(own(value, 'headers'));
  return { kind: 'content', via: 'power-automate', value: body, pointer: '/body', header };
};

function headersOf(headers: unknown): HeaderReader {
  if (!isObject(headers)) return noHeaders;
  const byName = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => {
    const value = byName.get(name);
    return typeof value === 'string' ? value : null;
  };
}
