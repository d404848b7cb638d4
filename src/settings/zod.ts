import { config } from 'zod/mini';
import en from 'zod/v4/locales/en.js';

// Settings are checked once: to compile the checks first takes longer.
config({ ...en(), jitless: true });

/** zod as functions: as methods of each schema it takes 2.5 times as long to start. */
export * from 'zod/mini';
export { _default as withDefault } from 'zod/mini';
