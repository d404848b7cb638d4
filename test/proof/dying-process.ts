import { ManualClock } from '../helpers/manual-clock.ts';
import { aroundCommits } from './around-commits.ts';
import { composeService, type Settings } from './compose-service.ts';

/** What a process is to do, and at which of its I/Os and commits it dies. */
export type Errand = {
  settings: Settings;
  /** Its clock stands there. */
  now: number;
  /** Its machine's. */
  uptimeMs: number;
  /** The event to receive; or null to take up what is due, or to look at F&O if it `looks`. */
  event: string | null;
  looks?: boolean;
  /** Counts from 1; one more than there are lets it live. */
  diesAt: number;
  when: 'before' | 'after';
};

/** What a process that lives tells its parent: what it answered, and its I/Os in their order. */
export type Report = { answered: number | null; ios: string[] };

/** Runs one errand in a process of its own and kills that process, as kill -9 does, at the I/O it was told. */
process.once('message', (errand: Errand) => {
  run(errand).catch((error: unknown) => {
    console.error(error);
    process.exit(2);
  });
});

async function run({ settings, now, uptimeMs, event, looks, diesAt, when }: Errand): Promise<void> {
  const ios: string[] = [];
  const dieIf = (number: number, at: Errand['when']) => {
    if (number === diesAt && at === when) process.kill(process.pid, 'SIGKILL');
  };
  aroundCommits(
    () => dieIf(ios.push('sqlite.commit'), 'before'),
    () => dieIf(ios.length, 'after'),
  );
  const composed = await composeService(
    settings,
    new ManualClock(new Date(now), uptimeMs),
    async (name, io) => {
      const number = ios.push(name);
      dieIf(number, 'before');
      const result = await io();
      dieIf(number, 'after');
      return result;
    },
  );
  const answered = event === null ? null : (await composed.deliver(event)).status;
  if (looks === true) await composed.service.watch();
  else if (event === null) while ((await composed.service.pollWorkQueue()) > 0);
  const report: Report = { answered, ios };
  process.send?.(report, () => process.exit(0));
}
