import { defaultCallbackHosts } from './callback-hosts.ts';
import { parseStore } from './store-setting.ts';
import { parseWatchEvery, watchEveryDefault, watchEveryExpected } from './watch-setting.ts';
import * as z from './zod.ts';

const text = z.string().check(z.trim(), z.minLength(1));

/** The file in which the local host keeps its store, unless STORE says otherwise. */
export const localStoreFile = '.data/batch-retry.sqlite';

const anybody = 'Every caller with the key';

/**
 * Every setting: its check, its meaning, and its effect if unset. docs/reference/settings.md is generated from
 * this.
 */
export const serviceSettings = z.object({
  FNO_ORG_URL: says(
    z.optional(text),
    'Address of the F&O environment, such as `https://contoso.operations.dynamics.com`. Plain http only on this machine',
    'Local host: a simulated F&O. Azure: an error, unless `FNO_ENVIRONMENTS` is set',
  ),
  FNO_ENVIRONMENTS: says(
    z.optional(text),
    'Several environments, instead of `FNO_ORG_URL`: `{"prod":{"orgUrl":"https://…"},"uat":{"orgUrl":"https://…"}}`. The service knows each by its `orgUrl`: its name (letters, digits, `-`, `_`) may change. An event that does not say where it comes from is refused, unless one has `"default": true`. An environment may also have an `organization` (host of its Dataverse), an `eventGridTopic` (resource id), `"events": "none"`, and `telemetry` for [causes](../operate/causes.md): `{"workspaceId":"<GUID>"}` or `{"resourceId":"/subscriptions/…"}`',
  ),
  RETRY_POLICY: says(
    z.withDefault(text, 'retry-policy.json'),
    "Path of the [policy](../operate/policy.md), or the policy's JSON",
  ),
  STORE: says(
    z.optional(
      text.check(z.refine((value) => parseStore(value) !== null, 'expected azure or sqlite:<file>')),
    ),
    'Where the service keeps its decisions and its queued work. `azure`: the storage account of `AzureWebJobsStorage`. `sqlite:<file>`: a file on this machine',
    `Azure: \`azure\`. Local host: \`sqlite:${localStoreFile}\``,
  ),
  RESPONSE_BUDGET_MS: says(
    z.withDefault(whole(1000, 9500, 'expected milliseconds from 1000 to 9500 (F&O gives up at 10000)'), 8000),
    'The time in which the service answers an event, in milliseconds, from 1000 to 9500. F&O gives up at 10000',
  ),
  REQUEUES_PER_MINUTE: says(
    z.withDefault(whole(1, 100_000, 'expected a number from 1 to 100000'), 60),
    'The most requeues that the service sends to an F&O environment in a minute, from 1 to 100000. All instances count together',
  ),
  WATCH_EVERY: says(
    z.withDefault(
      text.check(z.refine((value) => parseWatchEvery(value) !== undefined, watchEveryExpected)),
      watchEveryDefault,
    ),
    'How often the [watch](../operate/watch.md) searches F&O for what no event told: `off`, or minutes that divide an hour, as `PT1M` to `PT30M` or `PT1H`',
  ),
  EVENTS: says(
    z.withDefault(z.enum(['all', 'none'], 'expected all or none'), 'all'),
    "`none`: F&O sends no events, and only the watch learns of failures. An environment's `events` in `FNO_ENVIRONMENTS` says it for that one",
  ),
  FAILED_EVENT_ID: says(
    z.withDefault(text, 'BatchJobFailedBusinessEvent'),
    'BusinessEventId of "Batch job failed", as the catalog shows it, without case',
  ),
  FINISHED_EVENT_ID: says(
    z.withDefault(text, 'BatchJobFinishedBusinessEvent'),
    'The same for "Batch job finished". Ends the episode of a listed job, if its run is newer',
  ),
  STARTED_EVENT_ID: says(
    z.withDefault(text, 'BatchJobStartedBusinessEvent'),
    'The same for "Batch job started". Proves that a request whose answer was lost arrived',
  ),
  CANCELLED_EVENT_ID: says(
    z.withDefault(text, 'BatchJobCancelledBusinessEvent'),
    'The same for "Batch job cancelled". Ends the episode, too',
  ),
  ERROR_TEXT_FIELD: says(
    z.optional(text.check(z.regex(/^[\w-]{1,100}$/, 'expected the name of one field'))),
    'The field of a failed event that says why the run failed, without case, if your events have one: [causes](../operate/causes.md)',
    'Events have none',
  ),
  CALLBACK_HOSTS: says(
    z.withDefault(text, defaultCallbackHosts),
    'The hosts that the service may call for [subscriptions](routes.md#post-subscriptions), separated by blanks or commas: hosts by https on port 443 (`*.` stands for one or more parts of a name), or origins such as `https://hooks.contoso.com:8443`. This machine only as an origin, such as `http://127.0.0.1:8080`',
  ),
  APPLICATIONINSIGHTS_CONNECTION_STRING: says(
    z.optional(
      text.check(
        z.regex(
          /(^|;)\s*InstrumentationKey=[0-9a-f-]{36}/i,
          'expected InstrumentationKey=…;IngestionEndpoint=…',
        ),
      ),
    ),
    'Application Insights to send [telemetry](telemetry.md) to, as its overview page shows it',
    'Nothing is sent',
  ),
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: says(
    z.optional(
      text.check(
        z.regex(
          /^(ClientId=[0-9a-f-]{36};\s*)?Authorization=AAD(;\s*ClientId=[0-9a-f-]{36})?;?$/i,
          'expected Authorization=AAD or ClientId=<client ID>;Authorization=AAD',
        ),
      ),
    ),
    'For an Application Insights that takes telemetry from identities only: `Authorization=AAD`, or `ClientId=<client ID>;Authorization=AAD` for a user-assigned managed identity',
    'The connection string is enough',
  ),
  SERVICE_BUS_QUEUE: says(
    z.optional(text),
    'Azure only: the [Service Bus](../operate/connect.md#service-bus-and-event-hubs) queue that F&O sends to. With several environments `prod=<queue>,uat=<queue>`',
  ),
  SERVICE_BUS_TOPIC: says(z.optional(text), 'Azure only: the same for a topic, as `<topic>/<subscription>`'),
  EVENT_HUB: says(
    z.optional(text),
    'Azure only: the same for an event hub, as `<hub>` or `<hub>/<consumer group>`; the consumer group is `$Default` unless named',
  ),
  HOST: says(
    z.withDefault(text, '127.0.0.1'),
    'Local host only: the address to listen on. If other machines can reach it, `FUNCTION_KEY` must be set',
  ),
  PORT: says(
    z.withDefault(whole(0, 65_535, 'expected a port from 0 to 65535'), 7071),
    'Local host only: the port; 0 takes any free one',
  ),
  FUNCTION_KEY: says(
    z.optional(text),
    'Local host only: the key that callers must give, in the header `x-functions-key` or in the address as `code`',
    'Callers need no key',
  ),
  WEBHOOK_CLIENT_IDS: says(
    z.optional(text),
    "Azure only: Entra application (client) ids with commas between them. A caller that delivers events must then be signed in as one of these, beside the key: Event Grid can, F&O's own HTTPS endpoint and Dataverse cannot. App Service authentication must be on (Azure then sets `WEBSITE_AUTH_ENABLED`)",
    anybody,
  ),
  ALLOWED_CLIENT_IDS: says(
    z.optional(text),
    'Azure only: the same for all other routes that need the key',
    anybody,
  ),
});

/** Settings that hold a secret, or may hold one by mistake: the service never shows their values. */
export const secretSettings: ReadonlySet<string> = new Set([
  'FUNCTION_KEY',
  'STORE',
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
] satisfies (keyof typeof serviceSettings.shape)[]);

/** `unset` describes the effect of leaving out a setting that has no default. */
function says<Schema extends z.ZodMiniType>(schema: Schema, description: string, unset?: string): Schema {
  z.globalRegistry.add(schema, unset === undefined ? { description } : { description, unset });
  return schema;
}

function whole(min: number, max: number, expected: string) {
  const digits = z.string().check(z.regex(/^\s*\d{1,9}\s*$/, expected));
  return z
    .pipe(digits, z.transform(Number))
    .check(z.refine((value) => value >= min && value <= max, expected));
}
