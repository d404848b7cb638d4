import type { NewBatchJob } from '../../src/sandbox/batch-job.ts';
import { hour, minute, type Play } from './play-job.ts';

/**
 * F&O accepted a requeue. What happens to the job then, the one outcome or decision that this comes to, after how
 * many minutes at most, how much budget is used then, what was announced, and whether the run is followed on.
 */
const table = `
job                        | what happens                                           | comes to        | within | budget | announced      | followed on
without recurrence         | a failed event of a newer run                          | requeued        | 0      | 2      | -              | yes
without recurrence         | Error with a newer end, no event                       | requeued        | 4      | 2      | -              | yes
without recurrence         | a finished event of a newer run                        | recovered       | 0      | 0      | -              | no
without recurrence         | Finished with a newer end, no event                    | recovered       | 4      | 0      | -              | no
without recurrence         | a canceled event                                       | canceled        | 0      | 0      | -              | no
without recurrence         | Canceled                                               | canceled        | 1      | 0      | -              | no
without recurrence         | Hold                                                   | canceled        | 1      | 0      | -              | no
without recurrence         | it does not start for a day                            | stuck           | 1450   | 1      | stuck          | no
without recurrence         | it runs for a day                                      | stuck           | 1450   | 1      | stuck          | no
without recurrence         | it is deleted                                          | gone            | 3      | 1      | -              | no
recurring                  | a failed event of a newer run                          | requeued        | 0      | 2      | -              | yes
recurring                  | a finished event of a newer run                        | recovered       | 0      | 0      | -              | no
recurring                  | a finished event after it waits again                  | recovered       | 0      | 0      | -              | no
recurring                  | a newer end, no event                                  | ended           | 15     | 1      | -              | no
recurring                  | a newer end, no event, though finished events came     | ended           | 15     | 1      | ended          | no
recurring                  | a failed event 20 minutes late, after it ended         | requeued        | 0      | 2      | -              | yes
recurring                  | it is deleted                                          | gone            | 3      | 1      | -              | no
recurring, action no-change| it waits for its schedule                              | not-started     | 9      | 1      | not-started    | yes
recurring, times cleared   | it ran, no event                                       | ended           | 20     | 1      | -              | no
recurring, no times shown  | it ran, no event                                       | ended           | 20     | 1      | -              | no
recurring, no end in events| a finished event of a newer run                        | recovered       | 0      | 0      | -              | no
recurring, no end in events| a canceled event                                       | canceled        | 0      | 0      | -              | no
recurring, cleared no-change| it waits for its schedule                             | ended           | 20     | 1      | -              | no
recurring                  | the next scheduled run fails after it ended            | requeued        | 0      | 2      | -              | yes
recurring                  | two scheduled runs later one fails after it ended      | requeued        | 0      | 1      | -              | yes
`;

export const rows = table
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split('|').map((cell) => cell.trim()));

const hourly = { recurrence: { everyMs: hour } };

export const jobs: Record<string, Partial<NewBatchJob>> = {
  'without recurrence': {},
  recurring: hourly,
  'recurring, action no-change': {
    ...hourly,
    recurrence: { everyMs: 24 * hour },
    traits: { action: 'no-change' },
  },
  'recurring, times cleared': { ...hourly, traits: { times: 'cleared' } },
  'recurring, no times shown': { ...hourly, traits: { entityTellsTimes: false } },
  'recurring, no end in events': { ...hourly, traits: { eventTellsEnd: false } },
  'recurring, cleared no-change': {
    recurrence: { everyMs: 24 * hour },
    traits: { times: 'cleared', action: 'no-change' },
  },
};

const delivers =
  (kind: 'finished' | 'canceled') =>
  async ({ deliver, eventOf }: Play): Promise<void> =>
    void (await deliver(await eventOf(kind)));

const isSetTo =
  (status: 'Canceled' | 'Hold') =>
  ({ sandbox, jobId }: Play) =>
    sandbox.setStatus(jobId, status);

/** The requeued run ends, nothing is heard of it, and it is `ended`. */
async function endUnheard(play: Play): Promise<void> {
  await play.succeed();
  await play.pass(15 * minute);
}

/** Fails at its next scheduled start but `skipped`; those between finish without an event. */
async function failAtSchedule(play: Play, skipped: number): Promise<void> {
  const { sandbox, jobId } = play;
  for (let run = 0; run <= skipped; run++) {
    const start = sandbox.job(jobId).scheduledAt ?? sandbox.clock.now();
    await play.pass(start.getTime() - sandbox.clock.now().getTime(), minute / 2);
    if (run < skipped) await play.succeed();
  }
  await play.deliver(await play.fail());
}

export const happenings: Record<string, (play: Play) => unknown> = {
  'a failed event of a newer run': async (play) => play.deliver(await play.fail()),
  'Error with a newer end, no event': (play) => play.fail(),
  'a finished event of a newer run': async (play) => {
    await play.succeed();
    await delivers('finished')(play);
  },
  'Finished with a newer end, no event': (play) => play.succeed(),
  'a canceled event': async (play) => {
    await play.wait(minute);
    isSetTo('Canceled')(play);
    await delivers('canceled')(play);
  },
  Canceled: isSetTo('Canceled'),
  Hold: isSetTo('Hold'),
  'it does not start for a day': () => undefined,
  'it runs for a day': ({ sandbox, jobId }) => void sandbox.run(jobId, 48 * hour),
  'it is deleted': ({ sandbox, jobId }) => sandbox.vanish(jobId),
  'a finished event after it waits again': async (play) => {
    await play.succeed();
    await play.pass(5 * minute);
    await delivers('finished')(play);
  },
  'a newer end, no event': (play) => play.succeed(),
  'a newer end, no event, though finished events came': (play) => play.succeed(),
  'a failed event 20 minutes late, after it ended': async (play) => {
    const event = await play.fail();
    await play.pass(20 * minute);
    await play.deliver(event);
  },
  'it waits for its schedule': () => undefined,
  'it ran, no event': (play) => play.succeed(),
  'the next scheduled run fails after it ended': async (play) => {
    await endUnheard(play);
    await failAtSchedule(play, 0);
  },
  'two scheduled runs later one fails after it ended': async (play) => {
    await endUnheard(play);
    await failAtSchedule(play, 1);
  },
};
