import { flushCompileCache, registerHooks } from 'node:module';
import { startFunctionsHost } from '../helpers/functions-host.ts';

/**
 * A process of its own that runs the app whose entry file is named, as Azure Functions would, and prints one
 * line of JSON (`Started`) once it serves.
 */
const entry = process.argv[2];
if (entry === undefined) throw new Error('Name the entry file, as a file URL.');

const loadedModules: string[] = [];
registerHooks({
  load: (url, context, next) => {
    loadedModules.push(url);
    return next(url, context);
  },
});

const startedAt = performance.now();
let loadMs = 0;
let modulesAtLoad: string[] = [];
const { url, functions, terminate } = await startFunctionsHost(async () => {
  await import(entry);
  loadMs = performance.now() - startedAt;
  modulesAtLoad = loadedModules.filter((url) => !url.startsWith('node:'));
});
// It is killed in the end, so that it never comes to keep what it compiled.
flushCompileCache();
console.log(
  JSON.stringify({
    url,
    loadMs,
    modulesAtLoad,
    functions: functions.map(({ name, trigger: { route, methods, authLevel } }) => ({
      name,
      route,
      methods,
      authLevel,
    })),
  }),
);
process.on('message', (message) => {
  if (message === 'terminate') void terminate().then(() => process.exit(0));
  else process.send?.(loadedModules);
});
