import { expect, test } from 'vitest';
import { openSqlite } from '../../../src/adapters/sqlite/open-sqlite.ts';
import { addMs } from '../../../src/domain/instants.ts';
import type { NewHistoryEntry } from '../../../src/ports/ledger.ts';
import { describeNotification } from '../../../src/usecases/notify/describe-notification.ts';
import { aJob } from '../../domain/job/builders.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { aDeliver } from '../../helpers/work-items.ts';

const startedAt = new Date('2026-03-02T01:00:00Z');

test.each([
  [0, 0, true],
  [3, 3, true],
  [200, 200, true],
  [201, 200, false],
  [450, 200, false],
])(
  'of an episode of %i entries a notification has %i, and says whether those are all: %s',
  async (entries, expected, isComplete) => {
    const body = await describe(entries);
    expect(body.timeline.map(({ eventId }) => eventId)).toEqual(
      Array.from({ length: expected }, (_, index) => `E${entries - expected + index}`),
    );
    expect(body.timelineComplete).toBe(isComplete);
    const lines = body.timelineText.split('\n').filter((line) => line !== '');
    expect(lines).toHaveLength(expected + (isComplete ? 0 : 1));
    expect(lines[0] ?? '').toMatch(
      isComplete ? /^$|^2026-03-02 01:00 UTC: deferred\./ : /^Only the latest 200 entries/,
    );
  },
);

/** A notification about an episode of so many entries, which an episode of three came before. */
async function describe(entries: number) {
  const { ledger, causes } = openSqlite(':memory:', new ManualClock());
  const { environment, jobId, notification } = aDeliver({ jobId: '5637144576' });
  const before = [1, 2, 3].map((index) => anEntry(`B${index}`, addMs(startedAt, -index)));
  const history = Array.from({ length: entries }, (_, index) =>
    anEntry(`E${index}`, addMs(startedAt, index)),
  );
  const change = { at: startedAt, job: aJob({ environment, jobId }), eventIds: [] };
  await ledger.write({ environment, jobId }, null, { ...change, history: [...before, ...history] });
  return describeNotification(
    { ledger, causes },
    { environment, jobId },
    { ...notification, at: addMs(startedAt, 1000), episodeStartedAt: startedAt },
  );
}

function anEntry(eventId: string, at: Date): NewHistoryEntry {
  return {
    at,
    kind: 'failure',
    eventId,
    envelope: null,
    learned: null,
    decision: 'deferred',
    retry: null,
    policy: null,
    reason: 'F&O is down.',
    dueAt: null,
    by: null,
    fno: null,
  };
}
