import { expect, test } from 'vitest';
import { parseWork, readWork, serializeWork } from '../../src/ports/work-item.ts';
import { aDecide, aDeliver, aPublish, aWake } from '../helpers/work-items.ts';

const jobId = '-9223372036854775808';
const wake = {
  kind: 'wake',
  environment: 'default',
  jobId,
  dueAt: '2026-03-02T01:00:00Z',
  faults: 0,
  wakeId: '',
};
const decide = plain(serializeWork(aDecide()));
const deliver = plain(serializeWork(aDeliver()));

test.each([
  aWake({ jobId }),
  { ...aWake(), remainingMs: 86_400_000 },
  aPublish({ faults: 3 }),
  aDeliver({ jobId }),
  aDecide({ jobId, description: '2026-03-02T01:00:00.000Z' }),
])('an item of kind $kind is the same after it was written and read', (item) => {
  expect(readWork(serializeWork(item))).toEqual(item);
});

test.each([
  [wake, true],
  [{ ...wake, others: 'keep' }, true],
  [{ ...wake, kind: 'wakee' }, false],
  [{ ...wake, kind: undefined }, false],
  [{ ...wake, wakeId: undefined }, false],
  [{ ...wake, faults: undefined }, false],
  [{ ...wake, faults: -1 }, false],
  [{ ...wake, faults: '1' }, false],
  [{ ...wake, jobId: 5637144576 }, false],
  [{ ...wake, jobId: '9223372036854775808' }, false],
  [{ ...wake, jobId: '007' }, false],
  [{ ...wake, environment: 'a/b' }, false],
  [{ ...wake, dueAt: 'soon' }, false],
  [{ ...wake, remainingMs: 'long' }, false],
  [{ ...decide, failures: [] }, false],
  [{ ...decide, failures: [null] }, false],
  [{ ...decide, failures: [{ eventId: '1', jobId: 1 }] }, false],
  [{ ...deliver, subscriptionId: 1 }, false],
  [{ ...deliver, failedAttempts: null }, false],
  [{ ...deliver, firstDueAt: '' }, false],
  [{ ...deliver, notification: { id: '1' } }, false],
  [[], false],
  ['text', false],
  [null, false],
])('the parsed message %j is work: %s', (message, isWork) => {
  expect(parseWork(message) !== null).toBe(isWork);
});

test.each([
  ['{', 'it is not JSON'],
  ['"text"', 'it is not a JSON object'],
  ['{"jobId":"1"}', 'it has no kind'],
  ['{"kind":"wakee"}', 'its kind "wakee" is unknown'],
  ['{"kind":{"a":1}}', 'its kind {"a":1} is unknown'],
  ['{"kind":"decide","jobId":"1"}', 'it lacks what its kind "decide" needs'],
])('the text %s is kept with the reason that %s', (text, reason) => {
  expect(readWork(text)).toEqual({
    kind: 'unreadable',
    raw: text,
    reason: `The message is not work: ${reason}.`,
  });
});

function plain(text: string): object {
  const value: object = JSON.parse(text);
  return value;
}
