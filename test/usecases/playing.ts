import { nightlyPosting, type TestService } from '../helpers/a-service.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { aWebhook } from '../sandbox/webhook.ts';

export const minute = 60_000;

const { jobId } = nightlyPosting;

/** Lets time pass in steps of half a minute, with the queue's work done as it falls due. */
export async function pass({ clock, service }: TestService, ms: number, stepMs = minute / 2): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    if (clock instanceof ManualClock) await clock.advance(stepMs);
    while ((await service.pollWorkQueue()) > 0);
  }
}

/** A minute passes, the job runs and finishes: its event's text. */
export async function finishedEvent({ sandbox, clock }: TestService): Promise<string> {
  await using webhook = await aWebhook(200);
  await sandbox.activateEndpoint(webhook.url);
  if (clock instanceof ManualClock) await clock.advance(minute);
  await sandbox.run(jobId);
  await sandbox.idle();
  sandbox.deactivateEndpoint(webhook.url);
  const finished = webhook.received.find(({ body }) => body.includes('BatchJobFinishedBusinessEvent'));
  if (!finished) throw new Error('No finished event came');
  return finished.body;
}

export function attentions({ lines }: TestService): string[] {
  return lines.filter((line) => line.includes('ATTENTION'));
}

export async function theJob(service: TestService): Promise<Record<string, unknown>> {
  return (await service.get(`batch-jobs/${jobId}`)).body;
}

/** The newest first. */
export async function history(service: TestService): Promise<unknown[]> {
  const { value } = (await service.get(`batch-jobs/${jobId}/history`)).body;
  return Array.isArray(value) ? value : [];
}

export async function newest(service: TestService): Promise<unknown> {
  return (await history(service))[0];
}

/** Routes of F&O that were called, in order, without those for tokens. */
export function routesCalled({ sandbox }: TestService): string[] {
  return sandbox.requests.flatMap(({ route }) => (route === 'token' ? [] : [route]));
}
