import type { TokenCredential } from '@azure/identity';
import type { Clock } from '../ports/clock.ts';
import type { Store, StoreSetting } from '../ports/store.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { connectStorage } from './azure-storage/connect-storage.ts';
import { readStorageSettings } from './azure-storage/storage-settings.ts';

/** Throws a SettingsError if the store's own settings are missing or wrong. */
export function checkStoreSettings(
  { kind }: StoreSetting,
  source: Readonly<Record<string, string | undefined>>,
): void {
  if (kind === 'azure') readStorageSettings(source);
}

/**
 * Creates the store that the settings name. Its first call opens or connects it. Rejects with a SettingsError for
 * wrong settings. Loads SQLite only if the settings name it: not every Node.js has it.
 */
export async function openStore(
  setting: StoreSetting,
  source: Readonly<Record<string, string | undefined>>,
  credential: () => Promise<TokenCredential>,
  clock: Clock,
  telemetry: Telemetry,
): Promise<Store> {
  if (setting.kind === 'azure') {
    return { ...connectStorage(source, credential, clock), close: () => undefined };
  }
  const { openSqlite } = await import('./sqlite/open-sqlite.ts');
  return openSqlite(setting.file, clock, (message) => telemetry.record({ kind: 'warning', message }));
}
