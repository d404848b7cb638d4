import { vi } from 'vitest';
import type { NewBatchJob } from '../../src/sandbox/batch-job.ts';
import type { Fault } from '../../src/sandbox/faults.ts';
import { hour, minute, type Play } from './play-job.ts';

/**
 * A request for the failure of a run that ended at E went out, and its answer was lost. What happened, what F&O gets
 * until all is settled, what the history comes to, how many runs of the job the service caused, and how much budget
 * is used. The lease of the claim ends 35 s after the request; what is not proven is looked at every 45 s, for 3
 * minutes. Where F&O shows no times at all nothing can prove that a request did not arrive: it is counted, then.
 */
const table = `
job                            | the request, and what happens then              | F&O gets                            | comes to                      | runs | budget
without recurrence             | arrived; it waits                               | read                                | requeued                      | 0    | 1
without recurrence             | arrived; it runs                                | read                                | requeued                      | 1    | 1
without recurrence             | arrived; it ran and finished                    | read                                | requeued recovered            | 1    | 0
without recurrence             | arrived; it failed again, without an event      | read action                         | requeued requeued             | 1    | 2
without recurrence             | arrived; it failed again, its event comes       | read action                         | requeued requeued             | 1    | 2
without recurrence             | arrived; a person cancels it                    | read                                | superseded                    | 0    | 0
without recurrence             | did not arrive                                  | read action                         | requeued                      | 0    | 1
without recurrence             | did not arrive; a person cancels it             | read                                | superseded                    | 0    | 0
recurring                      | arrived; its start moved to now                 | read                                | requeued                      | 0    | 1
recurring                      | arrived; it runs                                | read                                | requeued                      | 1    | 1
recurring                      | arrived; its failed event comes                 | read action                         | requeued requeued             | 1    | 2
recurring                      | arrived; its finished event comes               | -                                   | requeued recovered            | 1    | 0
recurring                      | arrived; its started event comes                | -                                   | requeued                      | 1    | 1
recurring                      | arrived; it waits again, without an event       | read                                | requeued                      | 1    | 1
recurring                      | did not arrive                                  | read read read read read action     | requeued                      | 0    | 1
recurring                      | did not arrive; a person puts it on Hold        | read                                | superseded                    | 0    | 0
recurring, start stays         | arrived; it starts two minutes later            | read read read                      | requeued                      | 1    | 1
recurring, start stays         | arrived; it waits on                            | read read read read read action     | requeued                      | 0    | 1
recurring, times cleared       | arrived; its start moved to now                 | read                                | requeued                      | 0    | 1
recurring, times cleared       | did not arrive                                  | read read read read read action     | requeued                      | 0    | 1
recurring, action no-change    | arrived, and changed nothing                    | read read read read read action     | requeued                      | 0    | 1
recurring, action refuses      | did not arrive                                  | read read read read read action     | refused                       | 0    | 0
recurring, no times shown      | arrived; it waits on                            | read read read read read action     | requeued                      | 0    | 2
`;

export const rows = table
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split('|').map((cell) => cell.trim()));

const nightly = { recurrence: { everyMs: 24 * hour } };

export const jobs: Record<string, Partial<NewBatchJob>> = {
  'without recurrence': {},
  recurring: nightly,
  'recurring, start stays': { ...nightly, traits: { schedule: 'stays' } },
  'recurring, times cleared': { ...nightly, traits: { times: 'cleared' } },
  'recurring, action no-change': { ...nightly, traits: { action: 'no-change' } },
  'recurring, action refuses': { ...nightly, traits: { action: 'refuses' } },
  'recurring, no times shown': { ...nightly, traits: { entityTellsTimes: false } },
};

const arrived: Fault = { kind: 'reset', committed: true };
const lost: Fault = { kind: 'reset' };

type Happening = { fault: Fault; happens?: (play: Play) => unknown };

const delivers =
  (kind: 'failed' | 'finished' | 'started') =>
  async ({ deliver, eventOf }: Play) =>
    void (await deliver(await eventOf(kind)));

const runs = ({ sandbox, jobId }: Play) => void sandbox.run(jobId, 20 * minute);

export const happenings: Record<string, Happening> = {
  'arrived; it waits': { fault: arrived },
  'arrived; it runs': { fault: arrived, happens: runs },
  'arrived; it ran and finished': { fault: arrived, happens: ({ succeed }) => succeed() },
  'arrived; it failed again, without an event': { fault: arrived, happens: ({ fail }) => fail() },
  'arrived; it failed again, its event comes': {
    fault: arrived,
    happens: async ({ fail, deliver }) => deliver(await fail()),
  },
  'arrived; a person cancels it': {
    fault: arrived,
    happens: ({ sandbox, jobId }) => sandbox.setStatus(jobId, 'Canceled'),
  },
  'did not arrive': { fault: lost },
  'did not arrive; a person cancels it': {
    fault: lost,
    happens: ({ sandbox, jobId }) => sandbox.setStatus(jobId, 'Canceled'),
  },
  'arrived; its start moved to now': { fault: arrived },
  'arrived; its failed event comes': {
    fault: arrived,
    happens: async ({ fail, deliver }) => deliver(await fail()),
  },
  'arrived; its finished event comes': {
    fault: arrived,
    happens: async (play) => {
      await play.succeed();
      await delivers('finished')(play);
    },
  },
  'arrived; its started event comes': {
    fault: arrived,
    happens: async (play) => {
      await play.wait(10_000);
      const before = await play.eventOf('started');
      runs(play);
      await vi.waitUntil(async () => (await play.eventOf('started')) !== before, { interval: 5 });
      await delivers('started')(play);
    },
  },
  'arrived; it waits again, without an event': { fault: arrived, happens: ({ succeed }) => succeed() },
  'did not arrive; a person puts it on Hold': {
    fault: lost,
    happens: ({ sandbox, jobId }) => sandbox.setStatus(jobId, 'Hold'),
  },
  'arrived; it starts two minutes later': {
    fault: arrived,
    happens: async (play) => {
      await play.pass(2 * minute);
      runs(play);
    },
  },
  'arrived; it waits on': { fault: arrived },
  'arrived, and changed nothing': { fault: arrived },
};
