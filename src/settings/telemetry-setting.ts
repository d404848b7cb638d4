import * as z from './zod.ts';

/** Where the customer keeps the telemetry of an F&O. */
export type TelemetrySetting =
  { kind: 'workspace'; workspaceId: string } | { kind: 'resource'; resourceId: string };

const workspaceId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const resourceId = /^\/subscriptions\/[^/?#\s]+\/resourceGroups\/[^/?#\s]+\/providers(\/[^/?#\s]+){3}$/i;

/** `telemetry` of an environment: `{ "workspaceId": "<GUID>" }` or `{ "resourceId": "/subscriptions/…" }`. */
export const telemetrySetting = z.pipe(
  z.union([
    z.strictObject({ workspaceId: z.string().check(z.trim(), z.regex(workspaceId)) }),
    z.strictObject({ resourceId: z.string().check(z.trim(), z.regex(resourceId)) }),
  ]),
  z.transform((given): TelemetrySetting =>
    'workspaceId' in given ? { kind: 'workspace', ...given } : { kind: 'resource', ...given },
  ),
);
