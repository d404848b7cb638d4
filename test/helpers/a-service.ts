import type { TokenCredential } from '@azure/identity';
import type { LogsQueryClientOptions } from '@azure/monitor-query-logs';
import type { Resolve } from '../../src/adapters/subscribers/resolve-allowed.ts';
import { ConsoleTelemetry } from '../../src/adapters/telemetry/console-telemetry.ts';
import { type Composed, compose } from '../../src/compose.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Ledger } from '../../src/ports/ledger.ts';
import type { Subscriptions } from '../../src/ports/subscriptions.ts';
import type { Telemetry } from '../../src/ports/telemetry.ts';
import type { WorkQueue } from '../../src/ports/work-queue.ts';
import type { NewBatchJob } from '../../src/sandbox/batch-job.ts';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/sandbox-types.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { createService, type Service } from '../../src/service.ts';
import { readConfig } from '../../src/settings/config.ts';
import { aToken } from '../sandbox/fno-client.ts';
import { askRoute } from './ask-route.ts';
import { documented } from './documented.ts';
import { ManualClock } from './manual-clock.ts';
import { everyJob } from './policies.ts';

export type ServiceSetup = {
  policy?: object;
  jobs?: NewBatchJob[];
  sandbox?: SandboxOptions;
  /** Another service's simulated F&O, for a service that takes over from it. */
  fno?: Sandbox;
  settings?: Record<string, string>;
  /** One that stands still, and is advanced by the test, unless set. */
  clock?: Clock;
  /** 0.5 unless set. */
  random?: () => number;
  /** Of Azure Storage; the store is in SQLite, in memory, unless set. */
  storageConnection?: string;
  /** Stands between the service and its store. */
  wrapLedger?: (ledger: Ledger) => Ledger;
  /** Where the names of subscribers lead: nowhere unless set. */
  resolve?: Resolve;
  /** Where the telemetry is asked. */
  logAnalytics?: LogsQueryClientOptions;
  /** As AZURE_AUTHORITY_HOST. */
  authorityHost?: string;
  wrapQueue?: (queue: WorkQueue) => WorkQueue;
  /** Watches beside what prints. */
  watch?: (telemetry: Telemetry, clock: Clock) => Telemetry;
};

export type Answer = { status: number; body: Record<string, unknown>; headers: Headers };

export type TestService = AsyncDisposable & {
  service: Service;
  /** What the service runs on. */
  composed: Composed;
  subscriptions: Subscriptions;
  queue: WorkQueue;
  sandbox: Sandbox;
  clock: Clock;
  /** What the service printed. */
  lines: string[];
  /** Delivers an event's text, as F&O does. */
  deliver: (body: string | Uint8Array, query?: string) => Promise<Answer>;
  get: (path: string) => Promise<Answer>;
  post: (path: string, body: object) => Promise<Answer>;
  remove: (path: string) => Promise<Answer>;
};

export const nightlyPosting: NewBatchJob = {
  jobId: '5637144576',
  description: 'Nightly posting',
  script: { kind: 'always-fail' },
};

/** The real service on a simulated F&O and a store of its own, by one clock. */
export async function aService(setup: ServiceSetup = {}): Promise<TestService> {
  const clock: Clock = setup.clock ?? new ManualClock();
  const sandbox = setup.fno ?? (await startSandbox({ clock, ...setup.sandbox }));
  for (const job of setup.jobs ?? (setup.fno ? [] : [nightlyPosting])) sandbox.addJob(job);
  const config = readConfig(
    {
      FNO_ORG_URL: sandbox.orgUrl,
      RETRY_POLICY: JSON.stringify(setup.policy ?? everyJob),
      STORE: setup.storageConnection === undefined ? 'sqlite::memory:' : 'azure',
      ...setup.settings,
    },
    'local',
  );
  const lines: string[] = [];
  let uuids = 0;
  const telemetry = new ConsoleTelemetry(clock, (line) => lines.push(line));
  const composed = await compose(config, {
    source: { AzureWebJobsStorage: setup.storageConnection, AZURE_AUTHORITY_HOST: setup.authorityHost },
    telemetry,
    telemetryHost: { outerTrace: () => null, sendsLogs: false },
    forcefulStop: new AbortController().signal,
    clock,
    randomness: { random: setup.random ?? (() => 0.5), uuid: () => `uuid-${++uuids}` },
    credential: () => Promise.resolve(credentialOf(sandbox)),
    resolve: setup.resolve ?? noNames,
    logAnalytics: setup.logAnalytics ?? {},
    wrap: (ports) => ({
      ...ports,
      ledger: setup.wrapLedger?.(ports.ledger) ?? ports.ledger,
      queue: setup.wrapQueue?.(ports.queue) ?? ports.queue,
      telemetry: setup.watch?.(telemetry, clock) ?? ports.telemetry,
    }),
  });
  const { subscriptions, queue } = composed.ports;
  const service = createService(telemetry, () => Promise.resolve(composed));
  return {
    service,
    composed,
    subscriptions,
    queue,
    sandbox,
    clock,
    lines,
    deliver: (body, query = '') =>
      callRoute(service, 'POST', `business-events${query}`, body, 'application/json; charset=utf-8'),
    get: (path) => callRoute(service, 'GET', path),
    post: (path, body) => callRoute(service, 'POST', path, body),
    remove: (path) => callRoute(service, 'DELETE', path),
    [Symbol.asyncDispose]: async () => {
      composed.close();
      if (!setup.fno) await sandbox.stop();
    },
  };
}

/** The route that a host would choose for the method and the path. */
export async function callRoute(
  service: Service,
  method: string,
  path: string,
  body?: string | Uint8Array | object,
  contentType = 'application/json',
): Promise<Answer> {
  const [asked = ''] = path.split('?');
  for (const route of service.routes) {
    const pattern = new RegExp(`^${route.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
    const match = route.method === method ? pattern.exec(asked) : null;
    if (!match) continue;
    const sent = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
    const init = body === undefined ? {} : { body: sent, headers: { 'content-type': contentType } };
    const request = new Request(`http://127.0.0.1/api/${path}`, { method, ...init });
    return documented(route.name, await readAnswer(await askRoute(route, request, { ...match.groups })));
  }
  throw new Error(`There is no ${method} ${path}`);
}

export async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  const body: Record<string, unknown> = text === '' ? {} : JSON.parse(text);
  return { status: response.status, body, headers: response.headers };
}

/** No test asks a name service. */
function noNames(): Promise<never> {
  return Promise.reject(new Error('ENOTFOUND'));
}

/** Takes its tokens from the sandbox, without the real credential's memory of one endpoint a process. */
export function credentialOf(sandbox: Sandbox): TokenCredential {
  return {
    getToken: async (scopes) => {
      const resource = String(scopes).replace('/.default', '');
      return {
        token: await aToken(sandbox, resource),
        expiresOnTimestamp: sandbox.clock.now().getTime() + 86_400_000,
      };
    },
  };
}

/** Lets a minute pass, runs the job, which fails, and gives the event's text. */
export async function failureEvent(
  on: Pick<TestService, 'sandbox'> | Sandbox,
  jobId = nightlyPosting.jobId,
): Promise<string> {
  const sandbox = 'sandbox' in on ? on.sandbox : on;
  const { clock } = sandbox;
  if (clock instanceof ManualClock) await clock.advance(60_000);
  const outcome = await sandbox.run(jobId);
  if (outcome !== 'failed') throw new Error(`Job ${jobId} was to fail, but ${outcome}`);
  return sandbox.failedEvent(jobId);
}
