import { isObject } from '../schema-validator.ts';
import { type Content, type Opener, own, ownText } from './wrapping.ts';

const validationEvent = 'Microsoft.EventGrid.SubscriptionValidationEvent';

/** Longer than any code that Event Grid makes up. */
const maxCodeLength = 512;

/**
 * An event in Event Grid's own schema. F&O puts its event into `data` as the text of its JSON, or as an object.
 * The URL in a validation event is not called: the answer proves enough.
 * @see https://learn.microsoft.com/azure/event-grid/event-schema
 * @see https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema
 */
export const openEventGrid: Opener = (value) => {
  const eventType = ownText(value, 'eventType');
  const isOne = eventType !== null && (ownText(value, 'id') ?? ownText(value, 'subject')) !== null;
  if (!isOne || !Object.hasOwn(value, 'data')) return null;
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
  return { kind: 'unreadable', pointer: '/data/validationCode', message: 'must be the code to be answered' };
}
