import type { StandsRow } from '../../src/domain/job/stands.ts';
import type { NewBatchJob } from '../../src/sandbox/batch-job.ts';
import { aPlayedJob, hour, minute, type Play } from './play-job.ts';

/**
 * How a row of the table "What still stands" comes about: a run failed and was requeued, the requeued run failed at
 * E, then something happened, and only then the event of E comes. Rows are named by their cells.
 */
export type Situation = {
  title: string;
  job?: Partial<NewBatchJob>;
  /** How long the failed run takes; no time unless set. */
  runMs?: number;
  /** What happens between the end of the failed run and its event. */
  happens?: (play: Play) => unknown;
};

const nightly = { recurrence: { everyMs: 24 * hour } };
const hourly = { recurrence: { everyMs: hour } };
const timesCleared = { traits: { times: 'cleared' } } as const;
const nothingShown = { traits: { entityTellsTimes: false } } as const;

const isSetTo =
  (status: Parameters<Play['sandbox']['setStatus']>[1]) =>
  ({ sandbox, jobId }: Play) =>
    sandbox.setStatus(jobId, status);

const endsTooEarly = { traits: { endLagMs: -5000 } } as const;

const isStartedNow = ({ sandbox, jobId }: Play) => sandbox.startNow(jobId, 'person');

export const situations: Record<string, readonly Situation[]> = {
  'Error | any | any | any': [
    { title: 'a job without recurrence stays in Error' },
    { title: 'it ran again before the event came, and failed', happens: runAgain('failed') },
    {
      title: 'a recurring job that returns to Waiting a minute later',
      job: { ...nightly, traits: { returnsAfterMs: minute } },
    },
    { title: 'F&O shows no times', job: nothingShown },
    {
      title: 'neither the event nor F&O shows the end',
      job: { traits: { entityTellsTimes: false, eventTellsEnd: false } },
    },
  ],
  'Waiting | before E | soon | any': [
    {
      title: 'F&O shows its end 5 s too early',
      job: endsTooEarly,
      runMs: minute,
      happens: isSetTo('Waiting'),
    },
  ],
  'running | before E | any | any': [
    { title: 'Executing still', happens: isSetTo('Executing') },
    { title: 'Cancelling still', happens: isSetTo('Cancelling') },
    { title: 'Ready, with a run before', job: endsTooEarly, runMs: minute, happens: isSetTo('Ready') },
  ],
  'Finished | before E | any | any': [
    {
      title: 'F&O shows its end 5 s too early',
      job: endsTooEarly,
      runMs: minute,
      happens: isSetTo('Finished'),
    },
  ],
  'Waiting | newer | any | any': [
    { title: 'a recurring job ran again, and failed', job: nightly, happens: runAgain('failed') },
    { title: 'a recurring job ran again, and finished', job: nightly, happens: runAgain('finished') },
  ],
  'Waiting | E, or unknown | later | any': [
    { title: 'a recurring job that keeps its times', job: nightly },
    { title: 'a recurring job whose times are cleared', job: { ...nightly, ...timesCleared } },
    {
      title: 'its end in F&O is 2 s later than in the event',
      job: { ...nightly, traits: { endLagMs: 2000 } },
    },
    {
      title: 'its end in F&O is 40 s later than in the event',
      job: { ...nightly, traits: { endLagMs: 40_000 } },
      runMs: minute,
    },
    { title: 'the event does not tell when it ended', job: { ...nightly, traits: { eventTellsEnd: false } } },
    { title: 'the event comes an hour late', job: nightly, happens: ({ wait }) => wait(hour) },
  ],
  'Waiting | E, or unknown | soon | any': [
    { title: 'a person has started a recurring job', job: nightly, happens: isStartedNow },
    {
      title: 'a person has started a recurring job whose times are cleared',
      job: { ...nightly, ...timesCleared },
      happens: isStartedNow,
    },
    { title: 'a person has set a job without recurrence to Waiting', happens: isSetTo('Waiting') },
    {
      title: 'the next scheduled start is a minute ahead',
      job: hourly,
      happens: ({ wait }) => wait(56 * minute),
    },
  ],
  'Waiting | any | unknown | recurring': [
    { title: 'F&O shows no times', job: { ...nightly, ...nothingShown } },
  ],
  'Waiting | any | unknown | not recurring': [
    { title: 'F&O shows no times', job: nothingShown, happens: isSetTo('Waiting') },
  ],
  'running | any | any | any': [
    { title: 'Executing', happens: runsAgain },
    { title: 'Ready', happens: isSetTo('Ready') },
    {
      title: 'Cancelling',
      happens: async (play) => {
        await runsAgain(play);
        isSetTo('Cancelling')(play);
      },
    },
    {
      title: 'a recurring job is on its next run',
      job: nightly,
      happens: async ({ sandbox, jobId, wait }) => {
        await wait(minute);
        void sandbox.run(jobId, 10 * hour, 'schedule');
      },
    },
  ],
  'Finished | newer | any | any': [{ title: 'it ran again, and finished', happens: runAgain('finished') }],
  'Finished | unknown | any | any': [
    {
      title: 'it ran again, and finished, and F&O shows no times',
      job: nothingShown,
      happens: runAgain('finished'),
    },
  ],
  'Finished | any | any | any': [
    { title: 'its status was set, it did not run', happens: isSetTo('Finished') },
  ],
  'taken out | any | any | any': [
    { title: 'Canceled', happens: isSetTo('Canceled') },
    { title: 'Hold', happens: isSetTo('Hold') },
    { title: 'NotRun', happens: isSetTo('NotRun') },
    { title: 'a recurring job on Hold', job: nightly, happens: isSetTo('Hold') },
  ],
};

export function nameOf({ status, latestRun, plannedStart, isRecurring }: StandsRow): string {
  const recurring = isRecurring === null ? 'any' : isRecurring ? 'recurring' : 'not recurring';
  return [status, latestRun, plannedStart, recurring].join(' | ');
}

export function jobOf({ job }: Situation): NewBatchJob {
  return aPlayedJob(job);
}

/** It is on its next run. */
async function runsAgain({ sandbox, jobId, wait }: Play): Promise<void> {
  await wait(minute);
  sandbox.setStatus(jobId, 'Waiting');
  void sandbox.run(jobId, 10 * hour, 'person');
}

function runAgain(outcome: 'failed' | 'finished'): (play: Play) => Promise<void> {
  return async ({ sandbox, jobId, fail, succeed }) => {
    if (sandbox.job(jobId).status === 'Error') sandbox.setStatus(jobId, 'Waiting');
    if (outcome === 'failed') await fail();
    else await succeed();
  };
}
