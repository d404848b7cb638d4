import { expect, test } from 'vitest';
import {
  decodeEnvironment,
  decodeHistoryEntry,
  decodeJob,
  decodeSubscription,
  encodeRecord,
} from '../../../src/adapters/shared/record-codec.ts';
import { StoreUnavailable } from '../../../src/ports/ledger.ts';
import { aJob, now } from '../../domain/job/builders.ts';

test('a record is read as it was written, with its instants', () => {
  const job = aJob({ paused: { at: now, by: 'a person', reason: 'month end' } });
  expect(decodeJob(encodeRecord(job))).toEqual(job);
});

const kinds: [named: string, decode: (json: string) => unknown, record: object][] = [
  ['The record of batch job 5637144576', decodeJob, { jobId: '5637144576' }],
  ['The history entry of event 8D12', decodeHistoryEntry, { eventId: '8D12' }],
  [
    'The record of environment contoso.operations.dynamics.com',
    (json) => decodeEnvironment(json, 'contoso.operations.dynamics.com'),
    {},
  ],
  [
    'The record of the subscription that begins with 0f8fad5b',
    decodeSubscription,
    { id: '0f8fad5b-d9cb-469f-a165-70867728950e', callbackUrl: 'https://contoso.com/?sig=secret' },
  ],
];

test.each(
  kinds.flatMap(([named, decode, record]) => [
    {
      named,
      decode,
      record,
      found: 3,
      said: 'has version 3, and this program reads version 2. A newer version',
    },
    {
      named,
      decode,
      record,
      found: 1,
      said: 'has version 1, and this program reads version 2. An older version',
    },
    {
      named,
      decode,
      record,
      found: undefined,
      said: 'has no version, and this program reads version 2. An older',
    },
  ]),
)(
  '$named of version $found is left to the program that wrote it',
  ({ named, decode, record, found, said }) => {
    const read = () => decode(JSON.stringify({ ...record, recordVersion: found }));
    expect(read).toThrow(StoreUnavailable);
    expect(read).toThrow(`${named} ${said}`);
    expect(read).toThrow('See "Upgrade and downgrade" in docs/operate/deploy.md.');
    expect(read).not.toThrow(/secret|70867728950e/);
  },
);
