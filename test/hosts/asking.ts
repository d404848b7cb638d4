import { type Ledger, StoreUnavailable } from '../../src/ports/ledger.ts';
import type { Sandbox } from '../../src/sandbox/sandbox-types.ts';
import { nightlyPosting, type ServiceSetup, type TestService } from '../helpers/a-service.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { anEvent, eventId } from './an-event.ts';

export type Sent = {
  method?: string;
  path: string;
  contentType?: string | null;
  contentEncoding?: string;
  body?: string | Uint8Array | ReadableStream;
};
export type Answered = {
  status: number;
  contentType: string | null;
  retryAfter: string | null;
  body: string;
};
export type Row = [
  title: string,
  expected: { status: number; body?: unknown },
  send: (sent: (request: Sent) => Promise<Answered>, service: TestService) => Promise<Answered>,
  setup?: ServiceSetup,
];

const { jobId } = nightlyPosting;
export const path = 'business-events';
export const event = anEvent();
export const callbackUrl = 'https://prod-01.westeurope.logic.azure.com:443/workflows/1?sig=x';

const lost = () => Promise.reject(new StoreUnavailable('disk I/O error'));
export const lostLedger: Ledger = {
  read: lost,
  write: lost,
  updateEnvironment: lost,
  list: lost,
  history: lost,
  prune: lost,
  proveWritable: lost,
};
const broken = () => Promise.reject(new TypeError('secret-of-the-inside is not a function'));
export const brokenLedger: Ledger = {
  read: broken,
  write: broken,
  updateEnvironment: broken,
  list: broken,
  history: broken,
  prune: broken,
  proveWritable: broken,
};

const jobIds = ['-9223372036854775808', '10', '5637144576', '9', '9223372036854775807'];
export const fiveJobs: ServiceSetup = {
  jobs: jobIds.map((id) => ({ ...nightlyPosting, jobId: id })),
};
/** What came of a failure of each of the five jobs. */
export async function fiveFailures(sent: (request: Sent) => Promise<Answered>, { sandbox }: TestService) {
  for (const [index, id] of jobIds.entries()) {
    await sandbox.run(id);
    await sent({ path, body: anEvent({ JobId: id, EventId: `"${eventId(index)}"` }) });
  }
}

/** A minute later the job fails again: its event, which does not tell when the run ended. */
export async function failsAgain(sandbox: Sandbox, number: number): Promise<string> {
  const { clock } = sandbox;
  if (clock instanceof ManualClock) await clock.advance(60_000);
  await sandbox.run(jobId);
  return anEvent({
    EventId: `"${eventId(number)}"`,
    ControlNumber: `6872000${number}`,
    EventTimeIso8601: `"${clock.now().toISOString()}"`,
    JobEndUtcDateTime: 'null',
  });
}

export async function ask(
  url: string,
  { method, path, contentType, contentEncoding, body }: Sent,
): Promise<Answered> {
  const response = await fetch(path.startsWith('http') ? path : `${url}/${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(contentType === null ? {} : { 'content-type': contentType ?? 'application/json' }),
      ...(contentEncoding === undefined ? {} : { 'content-encoding': contentEncoding }),
    },
    ...(body === undefined ? {} : { body }),
  });
  return {
    status: response.status,
    contentType: response.headers.get('content-type'),
    retryAfter: response.headers.get('retry-after'),
    body: (await response.text()).replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:port'),
  };
}
