import { createRequire } from 'node:module';
import type { Ajv } from 'ajv';

/**
 * Loads ajv with the first schema that is compiled: the events of a service without imported schemas need none, so to
 * compile the shipped ones with the build would make no first answer to an event faster. The build replaces this file,
 * as esbuild follows no `createRequire`.
 */
export function loadAjv(): typeof Ajv {
  const loaded: { Ajv: typeof Ajv } = createRequire(import.meta.url)('ajv');
  return loaded.Ajv;
}
