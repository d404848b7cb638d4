import { parseLosslessJson } from '../events/lossless-json.ts';
import { environmentId } from './environment-names.ts';
import { SettingsError } from './settings-error.ts';
import { type TelemetrySetting, telemetrySetting } from './telemetry-setting.ts';
import * as z from './zod.ts';

export type Environment = {
  name: string;
  orgUrl: string;
  /** Its Dataverse organisation, as a webhook's `x-ms-dynamics-organization` spells it. */
  organization: string | null;
  /** The resource id of the Event Grid topic that carries its events. */
  eventGridTopic: string | null;
  /**
   * Whether events and requests that name no environment belong to this one. The only environment always is the
   * default.
   */
  isDefault: boolean;
  /** Whether F&O sends its events to the service; null: as EVENTS says. */
  sendsEvents: boolean | null;
  /** The customer's Log Analytics that has F&O's telemetry. */
  telemetry: TelemetrySetting | null;
};

const expectedOrgUrl =
  'expected the address of F&O with https:// and nothing after the host, such as https://contoso.operations.dynamics.com';

const environmentName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/;

const someText = z.string().check(z.trim(), z.minLength(1));

const environmentsDocument = z.record(
  z.string().check(z.regex(environmentName)),
  z.strictObject({
    orgUrl: z.string(),
    organization: z.optional(someText),
    eventGridTopic: z.optional(someText),
    default: z.optional(z.boolean()),
    events: z.optional(z.enum(['all', 'none'])),
    telemetry: z.optional(telemetrySetting),
  }),
);

/** The configured F&O environments; none if neither setting is given. Throws a SettingsError. */
export function readEnvironments(
  orgUrl: string | undefined,
  environments: string | undefined,
): Environment[] {
  if (orgUrl !== undefined && environments !== undefined) {
    throw new SettingsError(['FNO_ENVIRONMENTS: found beside FNO_ORG_URL; expected only one of the two.']);
  }
  if (orgUrl !== undefined) {
    const others = { organization: null, eventGridTopic: null, sendsEvents: null, telemetry: null };
    const only = { ...others, isDefault: true };
    return [{ name: 'default', orgUrl: readOrgUrl('FNO_ORG_URL', orgUrl), ...only }];
  }
  return environments === undefined ? [] : readDocument(environments);
}

function readDocument(text: string): Environment[] {
  const json = parseLosslessJson(text);
  if (!json.ok) throw unlikeDocument(`text that is not JSON (${json.reason})`);
  const parsed = environmentsDocument.safeParse(json.value);
  if (!parsed.success)
    throw unlikeDocument(`JSON of another form (at ${parsed.error.issues[0]?.path.join('.') || 'the top'})`);
  const found = Object.entries(parsed.data);
  if (found.length === 0) throw unlikeDocument('no environment');
  const names = new Set(found.map(([name]) => name.toLowerCase()));
  if (names.size < found.length) throw unlikeDocument('two names that differ in case only');
  if (!areDifferent(found.map(([, { organization }]) => organization)))
    throw unlikeDocument('one organization in two environments');
  if (!areDifferent(found.map(([, { eventGridTopic }]) => eventGridTopic)))
    throw unlikeDocument('one eventGridTopic in two environments');
  if (found.filter(([, one]) => one.default).length > 1)
    throw unlikeDocument('"default": true in more than one environment');
  const environments = found.map(
    ([name, { orgUrl, organization = null, eventGridTopic = null, telemetry = null, ...one }]) => ({
      name,
      orgUrl: readOrgUrl(`FNO_ENVIRONMENTS, ${name}`, orgUrl),
      organization,
      eventGridTopic,
      isDefault: found.length === 1 || one.default === true,
      sendsEvents: one.events === undefined ? null : one.events === 'all',
      telemetry,
    }),
  );
  requireDifferentOrganizations(environments);
  return environments;
}

/** The service would take one F&O under two names for two environments, and requeue a job twice for one event. */
function requireDifferentOrganizations(environments: readonly Environment[]): void {
  const names = new Map<string, string>();
  for (const { name, orgUrl } of environments) {
    const id = environmentId(orgUrl);
    const other = names.get(id);
    if (other !== undefined) {
      const found = `FNO_ENVIRONMENTS: found ${id} as the orgUrl of ${other} and of ${name}`;
      throw new SettingsError([`${found}; expected an F&O of its own for each.`]);
    }
    names.set(id, name);
  }
}

function areDifferent(all: readonly (string | undefined)[]): boolean {
  const given = all.flatMap((one) => (one === undefined ? [] : [one.toLowerCase()]));
  return new Set(given).size === given.length;
}

function unlikeDocument(found: string): SettingsError {
  const expected = 'expected JSON such as {"prod":{"orgUrl":"https://contoso.operations.dynamics.com"}}';
  return new SettingsError([
    `FNO_ENVIRONMENTS: found ${found}; ${expected}, names of letters, digits, "-" and "_".`,
  ]);
}

/**
 * Accepts only an origin, because F&O defines the paths. Allows http only to this machine, because requests carry
 * the token.
 */
function readOrgUrl(setting: string, value: string): string {
  const url = URL.parse(value);
  const wrong = (found: string) => new SettingsError([`${setting}: found ${found}; ${expectedOrgUrl}.`]);
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) throw wrong('no web address');
  if (url.username || url.password) throw wrong('an address with a user name in it');
  const shown = JSON.stringify(`${url.protocol}//${url.host}`);
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    throw wrong(`${shown}, which would send the token unprotected`);
  if (!['/', '/data', '/data/'].includes(url.pathname) || url.search || url.hash)
    throw wrong(`${shown} with more after the host`);
  return url.origin;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
