import { expect, test } from 'vitest';
import { parseWork, readWork, serializeWork } from '../../src/ports/work-item.ts';
import { aDecide, aDeliver, aPublish, aWake } from '../helpers/work-items.ts';

const jobId = '-9223372036854775808';
const wake = {
  recordVersion: 2,
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
  [{ ...wake, recordVersion: 1 }, false],
  [{ ...wake, recordVersion: 3 }, false],
  [{ ...wake, recordVersion: undefined }, false],
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
  ['{"recordVersion":2}', 'it has no kind'],
  ['{"text":"of somebody else"}', 'it has no kind'],
  ['{"recordVersion":2,"kind":"wakee"}', 'its kind "wakee" is unknown'],
  ['{"recordVersion":2,"kind":{"a":1}}', 'its kind {"a":1} is unknown'],
  ['{"recordVersion":2,"kind":"decide","jobId":"1"}', 'it lacks what its kind "decide" needs'],
])('the text %s is kept with the reason that %s', (text, reason) => {
  expect(readWork(text)).toEqual({
    kind: 'unreadable',
    raw: text,
    reason: `The message is not work: ${reason}.`,
  });
});

test.each([
  ['{"environment":"default","jobId":"5637144576","dueAt":"2026-03-02T01:00:00Z"}', 'no version'],
  ['{"recordVersion":3,"kind":"wake","jobId":"5637144576"}', 'version 3'],
])('the work item %s of another version is kept, with the line that says so', (text, named) => {
  expect(readWork(text)).toMatchObject({
    kind: 'unreadable',
    raw: text,
    reason: expect.stringContaining(
      `The work item of batch job 5637144576 has ${named}, and this program reads`,
    ),
  });
});

function plain(text: string): object {
  const value: object = JSON.parse(text);
  return value;
}
