import { expect, test } from 'vitest';
import { planOf, type Recorded } from '../../bench/storage-operations.ts';

const account = '/devstoreaccount1';

function recorded(
  method: string,
  path: string,
  startMs: number,
  endMs: number,
  more: Partial<Recorded> = {},
) {
  return { host: '127.0.0.1:1', method, path, bytes: 0, status: 200, startMs, endMs, ...more };
}

test('what overlaps is one stage, and what follows is the next', () => {
  const row = `${account}/Jobs(PartitionKey='p',RowKey='r')`;
  const plan = planOf(
    [
      recorded('POST', `${account}/$batch`, 30, 40, { bytes: 2500, status: 202 }),
      recorded('GET', row, 10, 18, { status: 404 }),
      recorded('GET', row, 11, 20),
      recorded('POST', `${account}/work/messages?visibilitytimeout=35`, 32, 35, { bytes: 700, status: 201 }),
      recorded('PUT', row, 41, 45, { bytes: 90, status: 204 }),
    ],
    0,
    100,
  );
  expect(plan).toEqual([
    [
      { kind: 'get what is absent', bytes: 0 },
      { kind: 'get', bytes: 0 },
    ],
    [
      { kind: 'transaction', bytes: 2500 },
      { kind: 'enqueue', bytes: 700 },
    ],
    [{ kind: 'put', bytes: 90 }],
  ]);
});

test('what the worker does to the queue, requests to F&O, and what was asked at another time are left out', () => {
  const plan = planOf(
    [
      recorded('GET', `${account}/work/messages?numofmessages=32`, 10, 11),
      recorded('DELETE', `${account}/work/messages/1?popreceipt=x`, 10, 11),
      recorded('GET', '/data/BatchJobs(1)', 12, 13),
      recorded('GET', '/MSI/token?resource=x', 14, 15),
      recorded('GET', `${account}/Jobs()?$top=1`, 1, 2),
      recorded('GET', `${account}/Jobs()?$top=1`, 90, 91),
    ],
    5,
    50,
  );
  expect(plan).toEqual([]);
});
