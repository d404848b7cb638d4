import type { TokenCredential } from '@azure/identity';
import { ConsoleTelemetry } from '../../src/adapters/telemetry/console-telemetry.ts';
import { compose } from '../../src/compose.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Ports } from '../../src/ports/ports.ts';
import type { Store } from '../../src/ports/store.ts';
import type { Sandbox } from '../../src/sandbox/sandbox-types.ts';
import { createService, type Service } from '../../src/service.ts';
import { readConfig } from '../../src/settings/config.ts';
import { askRoute } from '../helpers/ask-route.ts';
import {
  aroundBatchJobs,
  aroundCauses,
  aroundFailureTexts,
  aroundLedger,
  aroundRuns,
  aroundRunSearch,
  aroundQueue,
  aroundSubscribers,
  aroundSubscriptions,
  type Around,
} from './around-ports.ts';

/** What a process must be told to find F&O, its tokens and the store. Plain data: it goes to child processes. */
export type Settings = {
  orgUrl: string;
  identity: Sandbox['identityEnvironment'];
  /** As the setting STORE. */
  store: string;
  storageConnection?: string;
  policy: object;
  requeuesPerMinute?: number;
  /** As the setting CALLBACK_HOSTS. */
  callbackHosts?: string;
  /** As the setting ERROR_TEXT_FIELD. */
  errorTextField?: string;
  /** Where the stand-in of Log Analytics listens, and the workspace that it knows. */
  logs?: { url: string; workspaceId: string };
};

export type Composed = {
  service: Service;
  store: Store;
  deliver: (event: string) => Promise<{ status: number; body: unknown }>;
  get: (name: string, params?: Record<string, string>) => Promise<unknown>;
  /** What the service printed. */
  lines: string[];
};

/** The service from its real adapters, with something around each of their I/Os. */
export async function composeService(settings: Settings, clock: Clock, around: Around): Promise<Composed> {
  const { orgUrl, logs } = settings;
  const environments = logs && { default: { orgUrl, telemetry: { workspaceId: logs.workspaceId } } };
  const config = readConfig(
    {
      FNO_ORG_URL: environments ? '' : orgUrl,
      FNO_ENVIRONMENTS: environments ? JSON.stringify(environments) : '',
      RETRY_POLICY: JSON.stringify(settings.policy),
      STORE: settings.store,
      REQUEUES_PER_MINUTE: String(settings.requeuesPerMinute ?? 60),
      CALLBACK_HOSTS: settings.callbackHosts ?? '',
      ERROR_TEXT_FIELD: settings.errorTextField ?? '',
    },
    'local',
  );
  const credential = aCredential(settings, clock, around);
  const unwrapped: Ports[] = [];
  const lines: string[] = [];
  const telemetry = new ConsoleTelemetry(clock, (line) => lines.push(line));
  const composed = await compose(config, {
    source: { AzureWebJobsStorage: settings.storageConnection },
    telemetry,
    telemetryHost: { outerTrace: () => null, sendsLogs: false },
    forcefulStop: new AbortController().signal,
    clock,
    randomness: { random: () => 0.5, uuid: () => crypto.randomUUID() },
    credential: () => Promise.resolve(credential),
    // Loads the SDK, which no other process needs.
    logAnalytics: logs ? (await import('../helpers/simulated-logs.ts')).overLoopback(logs) : {},
    wrap: (ports) => {
      unwrapped.push(ports);
      return {
        ...ports,
        ledger: aroundLedger(ports.ledger, around),
        queue: aroundQueue(ports.queue, around),
        subscriptions: aroundSubscriptions(ports.subscriptions, around),
        subscribers: aroundSubscribers(ports.subscribers, around),
        runs: aroundRuns(ports.runs, around),
        causes: aroundCauses(ports.causes, around),
        failureTexts: (environment) => {
          const texts = ports.failureTexts(environment);
          return texts && aroundFailureTexts(texts, around);
        },
        runSearch: (environment) => aroundRunSearch(ports.runSearch(environment), around),
        batchJobs: (environment) => aroundBatchJobs(ports.batchJobs(environment), around),
      };
    },
  });
  const service = createService(telemetry, () => Promise.resolve(composed));
  const call = async (name: string, init: RequestInit, params: Record<string, string> = {}) => {
    const route = service.routes.find((candidate) => candidate.name === name);
    if (!route) throw new Error(`No route is named ${name}.`);
    const response = await askRoute(route, new Request(`http://127.0.0.1/api/${name}`, init), params);
    const text = await response.text();
    const body: unknown = text === '' ? null : JSON.parse(text);
    return { status: response.status, body };
  };
  return {
    service,
    store: { ...(unwrapped[0] ?? composed.ports), close: composed.close },
    deliver: (body) =>
      call('business-events', { method: 'POST', headers: { 'content-type': 'application/json' }, body }),
    get: async (name, params) => (await call(name, { method: 'GET' }, params)).body,
    lines,
  };
}

export const nothingAround: Around = (_name, io) => io();

/** A managed identity's tokens, without the seconds that loading @azure/identity takes in each process. */
function aCredential({ identity }: Settings, clock: Clock, around: Around): TokenCredential {
  return {
    getToken: (scopes) =>
      around('token', async () => {
        const resource = encodeURIComponent(String(scopes).replace(/\/\.default$/, ''));
        const url = `${identity.IDENTITY_ENDPOINT}?api-version=2019-08-01&resource=${resource}`;
        const response = await fetch(url, { headers: { 'x-identity-header': identity.IDENTITY_HEADER } });
        const body: unknown = await response.json();
        if (typeof body !== 'object' || body === null || !('access_token' in body))
          throw new Error('no token');
        return { token: String(body.access_token), expiresOnTimestamp: clock.now().getTime() + 3_600_000 };
      }),
  };
}
