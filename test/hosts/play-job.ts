import { vi } from 'vitest';
import type { BatchEventKind, NewBatchJob } from '../../src/sandbox/batch-job.ts';
import type { Sandbox } from '../../src/sandbox/sandbox-types.ts';
import { type Answer, nightlyPosting, readAnswer } from '../helpers/a-service.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { aWebhook, type Webhook } from '../sandbox/webhook.ts';
import type { Host } from './both-hosts.ts';

export const minute = 60_000;
export const hour = 60 * minute;

const { jobId } = nightlyPosting;

type Entry = { kind: string; decision: string | null; reason: string };

/** A job of the simulated F&O behind a host, which keeps its events until the test delivers them. */
export type Play = AsyncDisposable & {
  sandbox: Sandbox;
  jobId: string;
  /** Lets a minute pass and runs the job for `runMs` (0 unless set); it fails: the text of its failed event. */
  fail: (runMs?: number) => Promise<string>;
  /** Lets a minute pass and runs the job, which finishes. */
  succeed: () => Promise<void>;
  /** The text of the job's latest event of a kind, once it has come. */
  eventOf: (kind: BatchEventKind) => Promise<string>;
  deliver: (event: string) => Promise<Answer>;
  /** Lets time pass and does the work that is due; 15 s at a time unless set. */
  pass: (ms: number, stepMs?: number) => Promise<void>;
  /** Moves the clock on; nothing is done meanwhile. */
  wait: (ms: number) => Promise<void>;
  job: () => Promise<Record<string, unknown>>;
  /** The oldest first. */
  history: () => Promise<Entry[]>;
  /** Reads and requests that came to F&O, in order, since the last time that this was asked. */
  got: () => string;
  /** What a person must look at. */
  announced: () => string[];
};

/** Of the sandbox's times; its jobs send events of every kind. */
export function aPlayedJob(job: Partial<NewBatchJob> = {}): NewBatchJob {
  return { ...nightlyPosting, sends: ['failed', 'started', 'finished', 'canceled'], ...job };
}

const eventIds: Record<BatchEventKind, string> = {
  failed: 'BatchJobFailedBusinessEvent',
  started: 'BatchJobStartedBusinessEvent',
  finished: 'BatchJobFinishedBusinessEvent',
  canceled: 'BatchJobCancelledBusinessEvent',
};

export async function startPlay(host: Host): Promise<Play> {
  const { sandbox, clock, lines } = host.service;
  if (!(clock instanceof ManualClock)) throw new Error('The clock is not set by hand.');
  const webhook = await aWebhook(200);
  await sandbox.activateEndpoint(webhook.url);
  let seen = 0;

  async function run(outcome: 'failed' | 'finished', runMs = 0): Promise<void> {
    await wait(minute);
    sandbox.setScript(jobId, { kind: outcome === 'failed' ? 'always-fail' : 'succeed' });
    const running = sandbox.run(jobId, runMs);
    if (runMs > 0) await wait(runMs);
    const ran = await running;
    if (ran !== outcome) throw new Error(`The run was to have ${outcome}, and was ${ran}.`);
    await sandbox.idle();
  }

  const wait = (ms: number): Promise<void> => clock.advance(ms);

  return {
    sandbox,
    jobId,
    fail: async (runMs) => {
      await run('failed', runMs);
      return sandbox.failedEvent(jobId);
    },
    succeed: () => run('finished'),
    eventOf: (kind) => vi.waitFor(() => latestOf(webhook, eventIds[kind]), { interval: 5 }),
    deliver: async (body) => {
      const headers = { 'content-type': 'application/json' };
      return readAnswer(await fetch(`${host.url}/business-events`, { method: 'POST', headers, body }));
    },
    pass: async (ms, stepMs = minute / 4) => {
      for (let passed = 0; passed < ms; passed += stepMs) {
        await wait(stepMs);
        await host.pollWork();
        await host.pollWork();
      }
    },
    wait,
    job: async () => (await readAnswer(await fetch(`${host.url}/batch-jobs/${jobId}`))).body,
    history: async () => {
      const text = await (await fetch(`${host.url}/batch-jobs/${jobId}/history?limit=200`)).text();
      const { value }: { value: Entry[] } = JSON.parse(text);
      return value.toReversed();
    },
    got: () => {
      const routes = sandbox.requests.slice(seen).map(({ route }) => route);
      seen = sandbox.requests.length;
      return routes.filter((route) => route === 'read' || route === 'action').join(' ') || '-';
    },
    announced: () => lines.filter((line) => line.includes('ATTENTION')),
    [Symbol.asyncDispose]: () => webhook[Symbol.asyncDispose](),
  };
}

function latestOf({ received }: Webhook, eventId: string): string {
  const found = received.findLast(({ body }) => body.includes(`"${eventId}"`));
  if (!found) throw new Error(`No ${eventId} came.`);
  return found.body;
}
