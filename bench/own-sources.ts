import { join } from 'node:path';

/** The folder of this checkout. */
export const ownSources = join(import.meta.dirname, '..');
