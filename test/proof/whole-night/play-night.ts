import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCallbackServer } from '../../helpers/callback-server.ts';
import { killInMidRequest } from './kill-in-mid-request.ts';
import { type NightFno, openNightFno } from './night-fno.ts';
import { nightJobs, nightPolicy } from './night-jobs.ts';
import { type NightPlan, type NightRecord, showsHowRunsEnd } from './night-record.ts';
import { NightServices } from './night-services.ts';
import { openLogsProxy } from './logs-proxy.ts';
import { happenedTo, toldOf } from './take-record.ts';

/*
 * Plays one night: F&O in this process, the service in two others. All have this process's clock, which may be a fast
 * one. Writes what happened, and what the service says of it, into a file.
 */

const hour = 3_600_000;

const [planText = '', folder = ''] = process.argv.slice(2);
const plan: NightPlan = JSON.parse(planText);
writeFileSync(join(folder, 'record.json'), JSON.stringify(await playNight()));
process.exit(0);

async function playNight(): Promise<NightRecord> {
  const fno = await openNightFno(plan);
  await using subscriber = await startCallbackServer();
  await using services = new NightServices({
    ...fno.settings,
    ...(fno.logs ? await openLogsProxy(fno.logs, join(folder, 'certificate.pem')) : {}),
    STORE: `sqlite:${join(folder, 'night.sqlite')}`,
    RETRY_POLICY: JSON.stringify(nightPolicy),
    EVENTS: plan.lostRate === null ? 'none' : 'all',
    CALLBACK_HOSTS: subscriber.origin,
  });
  await services.start();
  await services.start();
  await services.watchPart();
  await subscribe(services, `${subscriber.origin}/night`);
  if (plan.lostRate !== null) for (const { url } of services.all) await activate(fno, url);

  const beganAt = new Date();
  const at = (hours: number) => sleep(beganAt.getTime() + hours * hour - Date.now());
  const dying = die(fno, services, at);
  const [down] = await Promise.all([goDown(fno, at), startJobs(fno), at(plan.hours)]);
  const { note } = await services.watchPart();
  const told = await toldOf(services, subscriber.received);
  const endedAt = new Date();
  const death = await Promise.race([dying, sleep(1).then(() => null)]);
  return {
    jobs: nightJobs(plan).map((one) => ({ ...happenedTo(one, fno), ...told.ofJob(one.job.jobId) })),
    notifications: told.notifications,
    note: typeof note === 'string' ? note : null,
    beganAt: beganAt.toISOString(),
    endedAt: endedAt.toISOString(),
    down,
    death,
    requests: counted(fno.sandbox.requests.map(({ route }) => route)),
    deliveries: counted(fno.sandbox.deliveries.map(({ status, error }) => String(status ?? error))),
    repeated: subscriber.received.length - told.notifications.length,
    logged: counted(
      services.outputs.flat().flatMap((line) => / (?:error|warning) {2,}.*/.exec(line)?.[0] ?? []),
    ),
  };
}

function counted(words: readonly string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(words, (word) => word)].map(([word, all]) => [word, all.length]));
}

/** What recurs is planned at once; what runs once is added when it is to start. */
async function startJobs({ sandbox }: NightFno): Promise<void> {
  const beganAt = Date.now();
  await Promise.all(
    nightJobs(plan).map(async ({ job, startsAfterMs }) => {
      const firstAt = new Date(beganAt + startsAfterMs);
      if (job.recurrence) sandbox.addJob({ ...job, recurrence: { ...job.recurrence, firstAt } });
      else {
        await sleep(startsAfterMs);
        sandbox.addJob(job);
      }
    }),
  );
}

/** F&O cannot be reached for an hour, while its jobs run on. */
async function goDown(
  { sandbox }: NightFno,
  at: (hours: number) => Promise<void>,
): Promise<NightRecord['down']> {
  await at(plan.hours * 0.3);
  const from = new Date();
  await sandbox.goDown();
  await sleep(Math.min(1, plan.hours / 8) * hour);
  await sandbox.comeUp();
  return { from: from.toISOString(), to: new Date().toISOString() };
}

/** One of the two processes dies in the middle of a requeue. Its successor starts a quarter of an hour later. */
async function die(
  fno: NightFno,
  services: NightServices,
  at: (hours: number) => Promise<void>,
): Promise<NightRecord['death']> {
  await at(plan.hours * 0.5);
  const isWanted = (id: string): boolean => !showsHowRunsEnd(plan) || fno.sandbox.job(id).recurrence !== null;
  const { port, jobId } = await killInMidRequest(fno, services, isWanted);
  const death = { at: new Date().toISOString(), jobId };
  await sleep(hour / 4);
  await services.start(port);
  return death;
}

async function subscribe(services: NightServices, callbackUrl: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ callbackUrl });
  const { status } = await fetch(`${services.any.url}/subscriptions`, { method: 'POST', headers, body });
  if (status !== 201) throw new Error(`The subscription was answered ${status}`);
}

async function activate({ sandbox }: NightFno, url: string): Promise<void> {
  const activation = await sandbox.activateEndpoint(`${url}/business-events`);
  if (!activation.ok) throw new Error(`The endpoint is not active: ${activation.message}`);
}
