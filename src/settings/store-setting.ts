import type { StoreSetting } from '../ports/store.ts';

/**
 * Reads `STORE`; null if it names no store. Imports nothing: the host registers functions by this setting before it
 * loads the service.
 */
export function parseStore(text: string): StoreSetting | null {
  if (text === 'azure') return { kind: 'azure' };
  return /^sqlite:.+$/.test(text) ? { kind: 'sqlite', file: text.slice('sqlite:'.length) } : null;
}
