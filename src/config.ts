import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { EventIds } from './events/read-business-event.ts';
import type { PolicyEntry } from './policy/retry-policy.ts';
import { parsePolicyDocument } from './policy-document.ts';

type Environment = { name: string; orgUrl: string };

export type Config = {
  /** The configured F&O environments, the default first. */
  environments: readonly Environment[];
  policy: readonly PolicyEntry[];
  /** The SQLite file of the store. */
  storeFile: string;
  responseBudgetMs: number;
  eventIds: EventIds;
  host: string;
  port: number;
  functionKey: string | null;
};

/** A wrong setting: each line names it, what was found and what is expected. Holds no secret. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

export type SettingsSource = Readonly<Record<string, string | undefined>>;

const text = z.string().trim().min(1);

const settings = z.object({
  FNO_ORG_URL: text.optional(),
  FNO_ENVIRONMENTS: text.optional(),
  RETRY_POLICY: text.default('retry-policy.json'),
  STORE: text.regex(/^sqlite:./, 'expected sqlite:<file>').optional(),
  RESPONSE_BUDGET_MS: whole(
    'expected milliseconds from 1000 to 9500 (F&O gives up at 10000)',
    1000,
    9500,
  ).default(8000),
  FAILED_EVENT_ID: text.default('BatchJobFailedBusinessEvent'),
  FINISHED_EVENT_ID: text.default('BatchJobFinishedBusinessEvent'),
  STARTED_EVENT_ID: text.default('BatchJobStartedBusinessEvent'),
  CANCELLED_EVENT_ID: text.default('BatchJobCancelledBusinessEvent'),
  HOST: text.default('127.0.0.1'),
  PORT: whole('expected a port from 0 to 65535', 0, 65_535).default(7071),
  FUNCTION_KEY: text.optional(),
});

type Settings = z.infer<typeof settings>;

/**
 * Reads the settings, once, for the host that is named. Throws a SettingsError.
 * An empty setting counts as one that is not there, as app settings in the portal have it.
 */
export function readConfig(source: SettingsSource, host: 'azure' | 'local'): Config {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value?.trim()));
  const parsed = settings.safeParse(given);
  if (!parsed.success) {
    throw new SettingsError(
      parsed.error.issues.map(({ path, message }) => {
        const name = String(path[0]);
        return `${name}: found ${name === 'FUNCTION_KEY' ? 'a value' : JSON.stringify(given[name])}, ${message}.`;
      }),
    );
  }
  const values = parsed.data;
  const environments = readEnvironments(values);
  if (environments.length === 0) throw new SettingsError([`FNO_ORG_URL: not set; ${expectedOrgUrl}.`]);
  if (!isLoopback(values.HOST) && !values.FUNCTION_KEY && host === 'local') {
    throw new SettingsError([
      'FUNCTION_KEY: not set; expected a key, because HOST is not this machine alone.',
    ]);
  }
  return {
    environments,
    policy: readPolicy(
      values.RETRY_POLICY,
      environments.map(({ name }) => name),
    ),
    storeFile: readStore(values.STORE, host),
    responseBudgetMs: values.RESPONSE_BUDGET_MS,
    eventIds: {
      failed: values.FAILED_EVENT_ID,
      finished: values.FINISHED_EVENT_ID,
      started: values.STARTED_EVENT_ID,
      cancelled: values.CANCELLED_EVENT_ID,
    },
    host: values.HOST,
    port: values.PORT,
    functionKey: values.FUNCTION_KEY ?? null,
  };
}

/** Whether settings name an F&O; without one the local host plays with a simulated one. */
export function namesFno(source: SettingsSource): boolean {
  return Boolean(source['FNO_ORG_URL']?.trim() || source['FNO_ENVIRONMENTS']?.trim());
}

const expectedOrgUrl = 'expected the address of F&O, such as https://contoso.operations.dynamics.com';

const environmentsDocument = z.record(
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/),
  z.strictObject({ orgUrl: z.string() }),
);

function readEnvironments({ FNO_ORG_URL, FNO_ENVIRONMENTS }: Settings): Environment[] {
  if (FNO_ORG_URL !== undefined && FNO_ENVIRONMENTS !== undefined) {
    throw new SettingsError(['FNO_ENVIRONMENTS: found beside FNO_ORG_URL; expected only one of the two.']);
  }
  if (FNO_ORG_URL !== undefined) return [{ name: 'default', orgUrl: readOrgUrl('FNO_ORG_URL', FNO_ORG_URL) }];
  if (FNO_ENVIRONMENTS === undefined) return [];
  const expected = 'expected JSON such as {"prod":{"orgUrl":"https://contoso.operations.dynamics.com"}}';
  const parsed = environmentsDocument.safeParse(parseJson(FNO_ENVIRONMENTS));
  const environments = parsed.success ? Object.entries(parsed.data) : [];
  const names = new Set(environments.map(([name]) => name.toLowerCase()));
  if (environments.length === 0 || names.size < environments.length) {
    throw new SettingsError([`FNO_ENVIRONMENTS: found something else; ${expected}, each name once.`]);
  }
  return environments.map(([name, { orgUrl }]) => ({
    name,
    orgUrl: readOrgUrl(`FNO_ENVIRONMENTS, ${name}`, orgUrl),
  }));
}

/** The origin alone, since paths are F&O's. http only to this machine: the token goes along. */
function readOrgUrl(setting: string, value: string): string {
  const url = URL.parse(value);
  if (!url) throw new SettingsError([`${setting}: found no address; ${expectedOrgUrl}.`]);
  if (url.username || url.password) {
    throw new SettingsError([`${setting}: found an address with a user name in it; ${expectedOrgUrl}.`]);
  }
  const isSecure = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
  const isBare =
    (url.pathname === '/' || url.pathname === '/data' || url.pathname === '/data/') && url.search === '';
  if (isSecure && isBare) return url.origin;
  throw new SettingsError([
    `${setting}: found ${JSON.stringify(`${url.protocol}//${url.host}${url.pathname}`)}; ${expectedOrgUrl}.`,
  ]);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function readPolicy(setting: string, environments: readonly string[]): PolicyEntry[] {
  const isInline = setting.startsWith('{');
  const where = isInline ? 'RETRY_POLICY' : `RETRY_POLICY, file ${setting}`;
  const result = parsePolicyDocument(isInline ? setting : readPolicyFile(setting), environments);
  if (result.ok) return result.entries;
  throw new SettingsError(result.problems.map((problem) => `${where}: ${problem}.`));
}

function readPolicyFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new SettingsError([
      `RETRY_POLICY: found no readable file ${JSON.stringify(path)}; expected the path of the policy, or its JSON.`,
    ]);
  }
}

/** In Azure the place must be chosen: the disk of an instance goes with it, and with it what was decided. */
function readStore(setting: string | undefined, host: 'azure' | 'local'): string {
  if (setting !== undefined) return setting.slice('sqlite:'.length);
  if (host === 'local') return '.data/batch-retry.sqlite';
  throw new SettingsError([
    'STORE: not set; expected sqlite:<file> on a disk that outlives the instance, in an app with one instance.',
  ]);
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function whole(expected: string, min: number, max: number) {
  return z
    .string()
    .regex(/^\s*\d{1,9}\s*$/, expected)
    .transform(Number)
    .refine((value) => value >= min && value <= max, expected);
}
