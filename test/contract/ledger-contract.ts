import { describe, expect, test } from 'vitest';
import { nothingAnnounced } from '../../src/domain/environment/environment-state.ts';
import type { Failure } from '../../src/domain/failure.ts';
import { type JobId, parseJobId } from '../../src/domain/job-id.ts';
import { type BatchJob, idle, newJob } from '../../src/domain/job/batch-job.ts';
import type { BatchJobKey, Ledger, LedgerChange, NewHistoryEntry } from '../../src/ports/ledger.ts';

/** What every driver of the ledger keeps. `open` gives a ledger on the same, at first empty, store each time. */
export function ledgerContract(driver: string, aStore: () => Promise<{ open: () => Ledger }>): void {
  describe(`the ledger on ${driver}`, () => {
    test('knows nothing of a job at first', async () => {
      const ledger = (await aStore()).open();
      expect(await ledger.read(key('1'), 'E1')).toEqual({ job: null, version: null, eventKnown: false });
      expect(await ledger.history(key('1'), null, 10)).toEqual([]);
      expect(await ledger.list(null, 10, null)).toEqual([]);
    });

    test('gives back what was written, instants and all, to another that opens the same store', async () => {
      const store = await aStore();
      const job = aJob('9223372036854775807', {
        description: 'Buchung "Nacht" 夜\u0000 \u2028',
        claimed: at(0),
      });
      await store.open().write(key(job.jobId), null, change(job, { eventIds: ['E1'] }));

      const page = await store.open().read(key(job.jobId), 'E1');
      expect(page).toMatchObject({ job, eventKnown: true });
      expect(page.job?.phase).toMatchObject({ claim: { dueAt: at(30), baseline: { endedAt: at(0) } } });
      expect(await store.open().read(key(job.jobId), 'E2')).toMatchObject({ eventKnown: false });
    });

    test('lets a write through only with the version that was read', async () => {
      const ledger = (await aStore()).open();
      const job = aJob('1');
      const first = await ledger.write(key('1'), null, change(job));
      expect(first.kind).toBe('written');
      expect(await ledger.write(key('1'), null, change(job))).toEqual({ kind: 'conflict' });

      const { version } = await ledger.read(key('1'), null);
      expect((await ledger.write(key('1'), version, change(aJob('1', { retriesUsed: 1 })))).kind).toBe(
        'written',
      );
      expect(await ledger.write(key('1'), version, change(aJob('1', { retriesUsed: 2 })))).toEqual({
        kind: 'conflict',
      });
      expect((await ledger.read(key('1'), null)).job?.episode.retriesUsed).toBe(1);
    });

    test('gives with a write the version for the next', async () => {
      const ledger = (await aStore()).open();
      const job = aJob('1');
      const first = await ledger.write(key('1'), null, change(job));
      if (first.kind !== 'written') throw new Error('a conflict on an empty store');
      const second = await ledger.write(key('1'), first.version, change(aJob('1', { retriesUsed: 1 })));
      if (second.kind !== 'written') throw new Error('a conflict with the version that was written');
      expect((await ledger.read(key('1'), null)).version).toEqual(second.version);
    });

    test('lets one of sixteen writers at once win', async () => {
      const store = await aStore();
      const ledgers = Array.from({ length: 16 }, () => store.open());
      const results = await Promise.all(
        ledgers.map((ledger, index) =>
          ledger.write(key('1'), null, change(aJob('1', { retriesUsed: index }))),
        ),
      );
      expect(results.filter(({ kind }) => kind === 'written').length).toBe(1);
    });

    test('writes neither event nor history when there is a conflict', async () => {
      const ledger = (await aStore()).open();
      await ledger.write(key('1'), null, change(aJob('1')));
      await ledger.write(
        key('1'),
        null,
        change(aJob('1'), { eventIds: ['E1'], history: [anEntry('E1', 0)] }),
      );
      expect(await ledger.read(key('1'), 'E1')).toMatchObject({ eventKnown: false });
      expect(await ledger.history(key('1'), null, 10)).toEqual([]);
    });

    test('keeps apart the same job id in two environments', async () => {
      const ledger = (await aStore()).open();
      await ledger.write(
        key('1', 'prod'),
        null,
        change(aJob('1', { environment: 'prod' }), { eventIds: ['E1'] }),
      );
      expect(await ledger.read(key('1', 'uat'), 'E1')).toMatchObject({ job: null, eventKnown: false });
    });

    test('proves that it can be written, again and again, and changes nothing by it', async () => {
      const ledger = (await aStore()).open();
      await ledger.write(key('1'), null, change(aJob('1'), { eventIds: ['E1'] }));
      const before = [await ledger.read(key('1'), 'E1'), await ledger.list(null, 10, null)];
      await ledger.proveWritable();
      await ledger.proveWritable();
      expect([await ledger.read(key('1'), 'E1'), await ledger.list(null, 10, null)]).toEqual(before);
    });

    test('lists jobs page by page, each once', async () => {
      const ledger = (await aStore()).open();
      const ids = ['12', '3', '-7', '9223372036854775807', '100'];
      for (const id of ids) await ledger.write(key(id), null, change(aJob(id)));
      await ledger.write(key('1', 'uat'), null, change(aJob('1', { environment: 'uat' })));

      const seen: BatchJobKey[] = [];
      for (;;) {
        const page = await ledger.list(seen.at(-1) ?? null, 2, 'default');
        if (page.length === 0) break;
        seen.push(...page.map(({ environment, jobId }) => ({ environment, jobId })));
      }
      expect(seen.map(({ jobId }) => jobId).toSorted()).toEqual(ids.toSorted());
      expect(await ledger.list(null, 10, null)).toHaveLength(6);
    });

    test('gives a job its history, newest first, page by page', async () => {
      const ledger = (await aStore()).open();
      const entries = [1, 2, 3, 4, 5].map((number) => anEntry(`E${number}`, number));
      await ledger.write(key('1'), null, change(aJob('1'), { history: entries.slice(0, 3) }));
      const { version } = await ledger.read(key('1'), null);
      await ledger.write(key('1'), version, change(aJob('1'), { history: entries.slice(3) }));
      await ledger.write(key('2'), null, change(aJob('2'), { history: [anEntry('E9', 9)] }));

      const first = await ledger.history(key('1'), null, 3);
      expect(first).toMatchObject(entries.slice(2).toReversed());
      const rest = await ledger.history(key('1'), first.at(-1)?.position ?? null, 3);
      expect(rest).toMatchObject(entries.slice(0, 2).toReversed());
    });

    test('changes what is shared about an environment, from nothing on, and loses no change of sixteen', async () => {
      const store = await aStore();
      const count = (ledger: Ledger) =>
        ledger.updateEnvironment('prod', (state) => {
          const takenInMinute = (state?.takenInMinute ?? 0) + 1;
          const breaker = { faults: 0, readFaults: 0, openUntil: at(9), openings: 0 };
          return {
            state: { ...nothingAnnounced, breaker, minuteStartedAt: at(1), takenInMinute },
            result: takenInMinute,
          };
        });
      const ledgers = Array.from({ length: 16 }, () => store.open());
      const counted = await Promise.all(ledgers.map(count));
      const known = counted.filter((number) => number !== null);
      expect(new Set(known).size).toBe(known.length);
      expect(known.length).toBeGreaterThan(0);
      const seen = await store.open().updateEnvironment('prod', (state) => ({
        state: state ?? {
          ...nothingAnnounced,
          breaker: { faults: 0, readFaults: 0, openUntil: null, openings: 0 },
          minuteStartedAt: at(0),
          takenInMinute: 0,
        },
        result: state,
      }));
      expect(seen).toEqual({
        ...nothingAnnounced,
        breaker: { faults: 0, readFaults: 0, openUntil: at(9), openings: 0 },
        minuteStartedAt: at(1),
        takenInMinute: known.length,
      });
    });

    test('prunes events and history from before an instant, and nothing else', async () => {
      const ledger = (await aStore()).open();
      const old = { at: at(10), eventIds: ['OLD'], history: [anEntry('OLD', 10)] };
      const young = { at: at(30), eventIds: ['YOUNG'], history: [anEntry('YOUNG', 30)] };
      await ledger.write(key('1'), null, change(aJob('1'), old));
      const { version } = await ledger.read(key('1'), null);
      await ledger.write(key('1'), version, change(aJob('1'), young));
      await ledger.write(key('2'), null, change(aJob('2'), old));

      expect(await ledger.prune(key('1'), at(20))).toBe(2);

      expect(await ledger.read(key('1'), 'OLD')).toMatchObject({ eventKnown: false, job: { jobId: '1' } });
      expect(await ledger.read(key('1'), 'YOUNG')).toMatchObject({ eventKnown: true });
      expect(await ledger.history(key('1'), null, 10)).toMatchObject([{ eventId: 'YOUNG' }]);
      expect(await ledger.read(key('2'), 'OLD')).toMatchObject({ eventKnown: true });
    });
  });
}

function change(job: BatchJob, more: Partial<Omit<LedgerChange, 'job'>> = {}): LedgerChange {
  return { at: at(0), job, eventIds: [], history: [], ...more };
}

function key(jobId: string, environment = 'default'): BatchJobKey {
  return { environment, jobId: id(jobId) };
}

function id(text: string): JobId {
  const jobId = parseJobId(text);
  if (jobId === null) throw new Error(`${text} is no job id`);
  return jobId;
}

function at(seconds: number): Date {
  return new Date(Date.UTC(2026, 2, 2, 1, 0, seconds));
}

function aFailureOf(jobId: string): Failure {
  return {
    eventId: 'E1',
    jobId: id(jobId),
    description: '',
    legalEntity: '',
    endedAt: at(0),
    controlNumber: '7',
  };
}

type JobTraits = {
  environment?: string;
  description?: string;
  retriesUsed?: number;
  claimed?: Date;
  waitsUntil?: Date | null;
};

function aJob(jobId: string, traits: JobTraits = {}): BatchJob {
  const failure = aFailureOf(jobId);
  const {
    environment = 'default',
    description = 'Nightly posting',
    retriesUsed = 0,
    claimed,
    waitsUntil,
  } = traits;
  const job = newJob(environment, { jobId: id(jobId), description, legalEntity: 'USMF' });
  const attempt = {
    failure,
    firstDueAt: at(0),
    deferrals: 0,
    http500s: 0,
    unshown: 0,
    unproven: 0,
    unknownSince: null,
    askedByOperator: false,
  };
  const times = {
    startedAt: at(0),
    endedAt: at(0),
    scheduledAt: at(0),
    readAt: at(0),
    failedRunEndedAt: at(0),
  };
  return {
    ...job,
    episode: { ...job.episode, retriesUsed, startedAt: at(1) },
    phase: claimed
      ? {
          kind: 'requesting',
          before: idle,
          claim: {
            token: 'T',
            origin: 'policy',
            attempt,
            baseline: { status: 'Error', ...times },
            claimedAt: claimed,
            dueAt: new Date(claimed.getTime() + 30_000),
            isFateUnknown: false,
            polls: 0,
          },
        }
      : idle,
    pending: waitsUntil ? { ...attempt, dueAt: waitsUntil, waits: 'delay' } : null,
  };
}

function anEntry(eventId: string, seconds: number): NewHistoryEntry {
  return {
    at: at(seconds),
    kind: 'failure',
    eventId,
    envelope: 'event-grid',
    learned: null,
    decision: 'requeued',
    retry: 1,
    policy: 'Every job',
    reason: 'Because.',
    dueAt: at(seconds),
    by: null,
    fno: { status: 200, isSuccess: true, message: null },
  };
}
