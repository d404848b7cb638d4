import { isObject } from '../schema-validator.ts';
import { type Content, type Opener, own, ownText } from './wrapping.ts';

const validationEvent = 'Microsoft.EventGrid.SubscriptionValidationEvent';

/** Event Grid's own codes are shorter. */
const maxCodeLength = 512;

/**
 * Opens an event in Event Grid's own schema. F&O puts its event into `data`, as JSON text or as an object. The
 * service does not call the URL in a validation event: the code in the answer is enough.
 * @see https://learn.microsoft.com/azure/event-grid/event-schema
 * @see https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema
 */
export const openEventGrid: Opener = (value) => {
  const eventType = ownText(value, 'eventType');
  const isEventGridEvent = eventType !== null && (ownText(value, 'id') ?? ownText(value, 'subject')) !== null;
  if (!isEventGridEvent || !Object.hasOwn(value, 'data')) return null;
  if (eventType.toLowerCase() === validationEvent.toLowerCase()) return openValidation(own(value, 'data'));
  return {
    kind: 'content',
    via: 'event-grid',
    value: own(value, 'data'),
    pointer: '/data',
    sender: { topic: ownText(value, 'topic') },
  };
};

function openValidation(data: unknown): Content {
  const validationCode = isObject(data) ? ownText(data, 'validationCode') : null;
  if (validationCode !== null && validationCode.length <= maxCodeLength) {
    return { kind: 'handshake', validationCode };
  }
  return { kind: 'unreadable', pointer: '/data/validationCode', message: 'must be the code to answer with' };
}
