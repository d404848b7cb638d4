import type { TokenCredential } from '@azure/identity';
import type { Clock } from '../ports/clock.ts';
import type { Store, StoreSetting } from '../ports/store.ts';
import { connectStorage } from './azure-storage/connect-storage.ts';
import { openSqlite } from './sqlite/open-sqlite.ts';

/** The store that the settings name; nothing is opened or connected until its first call. */
export function openStore(
  setting: StoreSetting,
  source: Readonly<Record<string, string | undefined>>,
  credential: () => Promise<TokenCredential>,
  clock: Clock,
): Store {
  if (setting.kind === 'sqlite') return openSqlite(setting.file, clock);
  return { ...connectStorage(source, credential, clock), close: () => undefined };
}
