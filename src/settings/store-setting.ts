import type { StoreSetting } from '../ports/store.ts';

/** Reads `STORE`; null if it names no store. Loads nothing: by it, functions are registered before all else. */
export function parseStore(text: string): StoreSetting | null {
  if (text === 'azure') return { kind: 'azure' };
  return /^sqlite:.+$/.test(text) ? { kind: 'sqlite', file: text.slice('sqlite:'.length) } : null;
}
