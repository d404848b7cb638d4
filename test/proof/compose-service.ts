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
  const config = readConfig(
    {
      FNO_ORG_URL: settings.orgUrl,
      RETRY_POLICY: JSON.stringify(settings.policy),
      STORE: settings.store,
      REQUEUES_PER_MINUTE: String(settings.requeuesPerMinute ?? 60),
      ...(settings.callbackHosts === undefined ? {} : { CALLBACK_HOSTS: settings.callbackHosts }),
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
    wrap: (ports) => {
      unwrapped.push(ports);
      return {
        ...ports,
        ledger: aroundLedger(ports.ledger, around),
        queue: aroundQueue(ports.queue, around),
        subscriptions: aroundSubscriptions(ports.subscriptions, around),
        subscribers: aroundSubscribers(ports.subscribers, around),
        runs: aroundRuns(ports.runs, around),
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
function aCredential({ orgUrl, identity }: Settings, clock: Clock, around: Around): TokenCredential {
  const url = `${identity.IDENTITY_ENDPOINT}?api-version=2019-08-01&resource=${encodeURIComponent(orgUrl)}`;
  return {
    getToken: () =>
      around('token', async () => {
        const response = await fetch(url, { headers: { 'x-identity-header': identity.IDENTITY_HEADER } });
        const body: unknown = await response.json();
        if (typeof body !== 'object' || body === null || !('access_token' in body))
          throw new Error('no token');
        return { token: String(body.access_token), expiresOnTimestamp: clock.now().getTime() + 3_600_000 };
      }),
  };
}
