import type { TokenCredential } from '@azure/identity';
import type { Clock } from '../ports/clock.ts';
import type { Store, StoreSetting } from '../ports/store.ts';
import { connectStorage } from './azure-storage/connect-storage.ts';
import { readStorageSettings } from './azure-storage/storage-settings.ts';

/** Throws a SettingsError if what the store needs is not set, or wrong. */
export function checkStoreSettings(
  { kind }: StoreSetting,
  source: Readonly<Record<string, string | undefined>>,
): void {
  if (kind === 'azure') readStorageSettings(source);
}

/**
 * The store that the settings name; nothing is opened or connected until its first call. Wrong settings reject
 * with a SettingsError. SQLite is loaded only where it is asked for: not every Node.js has it.
 */
export async function openStore(
  setting: StoreSetting,
  source: Readonly<Record<string, string | undefined>>,
  credential: () => Promise<TokenCredential>,
  clock: Clock,
): Promise<Store> {
  if (setting.kind === 'azure') {
    return { ...connectStorage(source, credential, clock), close: () => undefined };
  }
  const { openSqlite } = await import('./sqlite/open-sqlite.ts');
  return openSqlite(setting.file, clock);
}
