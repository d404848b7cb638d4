import { readFileSync } from 'node:fs';
import type { PolicyEntry } from '../domain/retry-policy/retry-policy.ts';
import type { EventSchemas } from '../events/event-schemas.ts';
import type { EventIds } from '../events/read-business-event.ts';
import type { StoreSetting } from '../ports/store.ts';
import type { CallbackHost } from '../ports/subscribers.ts';
import type { ApplicationInsightsSetting } from './application-insights-setting.ts';
import { brokerProblems, parseBrokers } from './brokers.ts';
import { readCallbackHosts } from './callback-hosts.ts';
import { readClientIds } from './client-ids.ts';
import { type Environment, isLoopback, readEnvironments } from './environments.ts';
import { noSchemas, readEventSchemas, schemasFolder } from './imported-schemas.ts';
import { parsePolicyDocument } from './policy-document.ts';
import { localStoreFile, secretSettings, serviceSettings } from './service-settings.ts';
import { SettingsError } from './settings-error.ts';
import type { SettingsSource } from './settings-source.ts';
import { parseStore } from './store-setting.ts';
import { parseWatchEvery } from './watch-setting.ts';
import * as z from './zod.ts';

export type Config = {
  environments: readonly Environment[];
  policy: readonly PolicyEntry[];
  store: StoreSetting;
  responseBudgetMs: number;
  requeuesPerMinute: number;
  watch: WatchConfig;
  eventIds: EventIds;
  /** The hosts that subscriptions may name for their callbacks. */
  callbackHosts: readonly CallbackHost[];
  applicationInsights: ApplicationInsightsSetting | null;
  eventSchemas: EventSchemas;
  errorTextField: string | null;
  host: string;
  port: number;
  functionKey: string | null;
  /**
   * Entra applications that may deliver events, and those that may use the other routes. Null: every caller with
   * the key.
   */
  webhookClientIds: readonly string[] | null;
  allowedClientIds: readonly string[] | null;
};

type WatchConfig = {
  /** How often the watch looks at an environment; null: never. */
  everyMinutes: number | null;
  /** The environments that send no events. */
  withoutEvents: readonly string[];
};

type Settings = z.infer<typeof serviceSettings>;

const localStore: StoreSetting = { kind: 'sqlite', file: localStoreFile };

/**
 * Reads the settings for a host. Throws a SettingsError. An empty setting counts as absent: the portal keeps app
 * settings that are empty. `checkStore` throws a SettingsError too, if the store's own settings are wrong.
 */
export function readConfig(
  source: SettingsSource,
  host: 'azure' | 'local',
  checkStore: (store: StoreSetting) => void = () => undefined,
): Config {
  const found = given(source);
  const { values, problems } = parseEach(found);
  const environments = collect(problems, () => readConfiguredEnvironments(values), []);
  const names = environments.map(({ name }) => name);
  const policy = collect(problems, () => readPolicy(values.RETRY_POLICY, names), []);
  const callbackHosts = collect(problems, () => readCallbackHosts(values.CALLBACK_HOSTS), []);
  const eventSchemas = collect(problems, () => readEventSchemas(schemasFolder), noSchemas);
  if (host === 'azure') {
    const brokers = parseBrokers(source);
    problems.push(...brokers.problems, ...brokerProblems(brokers.brokers, environments));
  }
  if (host === 'local' && !isLoopback(values.HOST) && !values.FUNCTION_KEY) {
    problems.push('FUNCTION_KEY: not set; expected a key, because HOST lets other machines call.');
  }
  const readClients = (name: 'WEBHOOK_CLIENT_IDS' | 'ALLOWED_CLIENT_IDS') =>
    collect(problems, () => readClientIds(name, values[name], host, source), null);
  const webhookClientIds = readClients('WEBHOOK_CLIENT_IDS');
  const allowedClientIds = readClients('ALLOWED_CLIENT_IDS');
  const store = readStore(values.STORE, host);
  collect(problems, () => checkStore(store), undefined);
  if (problems.length > 0) throw new SettingsError(problems);
  return {
    environments,
    policy,
    store,
    responseBudgetMs: values.RESPONSE_BUDGET_MS,
    requeuesPerMinute: values.REQUEUES_PER_MINUTE,
    watch: readWatch(values, environments),
    eventIds: eventIdsOf(values),
    eventSchemas,
    errorTextField: values.ERROR_TEXT_FIELD ?? null,
    callbackHosts,
    applicationInsights: readApplicationInsights(values),
    host: values.HOST,
    port: values.PORT,
    functionKey: values.FUNCTION_KEY ?? null,
    webhookClientIds,
    allowedClientIds,
  };
}

/** Collects wrong settings and treats them as unset, so that one start reports every problem. */
function parseEach(found: SettingsSource): { values: Settings; problems: string[] } {
  const issues = serviceSettings.safeParse(found).error?.issues ?? [];
  const names = new Set(issues.map(({ path }) => String(path[0])));
  const others = Object.fromEntries(Object.entries(found).filter(([name]) => !names.has(name)));
  const problems = issues.map(({ path, message }) => wrong(String(path[0]), found, message));
  return { values: serviceSettings.parse(others), problems };
}

/** Reads only the BusinessEventIds of the four batch events. */
export function readEventIds(source: SettingsSource): EventIds {
  const ids = z.pick(serviceSettings, {
    FAILED_EVENT_ID: true,
    FINISHED_EVENT_ID: true,
    STARTED_EVENT_ID: true,
    CANCELLED_EVENT_ID: true,
  });
  return eventIdsOf(ids.parse(given(source)));
}

function eventIdsOf(
  values: Pick<Settings, 'FAILED_EVENT_ID' | 'FINISHED_EVENT_ID' | 'STARTED_EVENT_ID' | 'CANCELLED_EVENT_ID'>,
): EventIds {
  return {
    failed: values.FAILED_EVENT_ID,
    finished: values.FINISHED_EVENT_ID,
    started: values.STARTED_EVENT_ID,
    cancelled: values.CANCELLED_EVENT_ID,
  };
}

function given(source: SettingsSource): SettingsSource {
  return Object.fromEntries(Object.entries(source).filter(([, value]) => value?.trim()));
}

function wrong(name: string, found: SettingsSource, expected: string): string {
  return `${name}: found ${secretSettings.has(name) ? 'something else' : JSON.stringify(found[name])}, ${expected}.`;
}

/** Collects problems, so that one start reports every wrong setting. */
function collect<Value>(problems: string[], read: () => Value, otherwise: Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    problems.push(...error.message.split('\n'));
    return otherwise;
  }
}

function readConfiguredEnvironments(values: Settings): Environment[] {
  const environments = readEnvironments(values.FNO_ORG_URL, values.FNO_ENVIRONMENTS);
  if (environments.length > 0) return environments;
  const expected = 'expected the address of F&O, such as https://contoso.operations.dynamics.com';
  throw new SettingsError([`FNO_ORG_URL: not set; ${expected}.`]);
}

/** Whether the settings name an F&O environment; without one the local host runs against a simulated F&O. */
export function namesFno(source: SettingsSource): boolean {
  return Boolean(source['FNO_ORG_URL']?.trim() || source['FNO_ENVIRONMENTS']?.trim());
}

function readPolicy(setting: string, environments: readonly string[]): PolicyEntry[] {
  const isInline = /^[[{"]/.test(setting);
  const where = isInline ? 'RETRY_POLICY' : `RETRY_POLICY, file ${setting}`;
  const result = parsePolicyDocument(isInline ? setting : readPolicyFile(setting), environments);
  if (result.ok) return result.entries;
  throw new SettingsError(result.problems.map((problem) => `${where}: ${problem}.`));
}

/** Windows editors begin a file with a byte-order mark. */
function readPolicyFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch {
    throw new SettingsError([
      `RETRY_POLICY: found no readable file ${JSON.stringify(path)}; expected the path of the policy, or its JSON.`,
    ]);
  }
}

function readStore(setting: string | undefined, host: 'azure' | 'local'): StoreSetting {
  return parseStore(setting ?? '') ?? (host === 'azure' ? { kind: 'azure' } : localStore);
}

function readWatch({ WATCH_EVERY, EVENTS }: Settings, environments: readonly Environment[]): WatchConfig {
  const isWithout = ({ sendsEvents }: Environment) => !(sendsEvents ?? EVENTS === 'all');
  return {
    everyMinutes: parseWatchEvery(WATCH_EVERY) ?? null,
    withoutEvents: environments.filter(isWithout).map(({ name }) => name),
  };
}

function readApplicationInsights(values: Settings): ApplicationInsightsSetting | null {
  const connectionString = values.APPLICATIONINSIGHTS_CONNECTION_STRING;
  if (connectionString === undefined) return null;
  const signIn = values.APPLICATIONINSIGHTS_AUTHENTICATION_STRING;
  const clientId = /ClientId=([0-9a-f-]{36})/i.exec(signIn ?? '')?.[1] ?? null;
  return { connectionString, identity: signIn === undefined ? null : { clientId } };
}
