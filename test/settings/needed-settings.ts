import { readConfig } from '../../src/settings/config.ts';
import { SettingsError } from '../../src/settings/settings-error.ts';
import type { SettingsSource } from '../../src/settings/settings-source.ts';

export const orgUrl = 'https://contoso.operations.dynamics.com';
export const everyJobJson = '{"jobs":[{"name":"Every job","match":{"jobId":"*"}}]}';

/** With nothing else set, the service starts. */
export const needed = { FNO_ORG_URL: orgUrl, RETRY_POLICY: everyJobJson };

export const expectedAddress =
  'expected the address of F&O with https:// and nothing after the host, such as https://contoso.operations.dynamics.com.';

/** What is wrong with the needed settings after these changes. */
export function problemWith(changes: SettingsSource, host: 'azure' | 'local' = 'local'): string {
  try {
    readConfig({ ...needed, ...changes }, host);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return 'nothing is wrong';
}
