import { SettingsError } from './settings-error.ts';
import type { SettingsSource } from './settings-source.ts';

/**
 * Reads the ids of the applications that may call; null if the setting is absent. Throws a SettingsError, also if
 * App Service authentication is off: only with it on can nobody else set the header that names the caller.
 * @see https://learn.microsoft.com/azure/app-service/reference-app-settings (WEBSITE_AUTH_ENABLED)
 */
export function readClientIds(
  name: string,
  setting: string | undefined,
  host: 'azure' | 'local',
  source: SettingsSource,
): string[] | null {
  if (setting === undefined) return null;
  const ids = setting.split(',').map((id) => id.trim().toLowerCase());
  if (!ids.every((id) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id))) {
    const expected = 'expected application (client) ids with commas between them';
    throw new SettingsError([`${name}: found ${JSON.stringify(setting)}, ${expected}.`]);
  }
  if (host === 'local') {
    const expected = 'expected in Azure only, because nothing signs callers in here';
    throw new SettingsError([`${name}: found on the local host; ${expected}.`]);
  }
  if (source['WEBSITE_AUTH_ENABLED']?.toLowerCase() !== 'true') {
    const found = 'found, but App Service authentication is off (WEBSITE_AUTH_ENABLED is not True)';
    throw new SettingsError([`${name}: ${found}; expected it on, or anybody could claim an id.`]);
  }
  return ids;
}
