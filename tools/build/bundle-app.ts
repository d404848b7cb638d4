import { readFile } from 'node:fs/promises';
import { parse, resolve } from 'node:path';
import { build as esbuild, type BuildOptions, type Metafile, type Plugin, transform } from 'esbuild';
import { routes } from '../../src/http/routes.ts';

/** What bundles for Functions have in common. The worker gives `@azure/functions-core` to the library. */
export const functionsBundle = {
  bundle: true,
  platform: 'node',
  // The oldest that src/hosts/azure/require-node.ts takes.
  target: 'node22',
  format: 'esm',
  minify: true,
  legalComments: 'none',
  external: ['@azure/functions-core'],
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
} satisfies BuildOptions;

/** Names of files, the parts of each, and what is left of each part. */
export type Bundled = Metafile['outputs'];

/**
 * Bundles the app into `outdir`: the entry as one file, and what it imports later as files beside it, of which
 * each may import others later. A module that both need is there twice: docs/develop/decisions/0017-lean-load.md.
 */
export async function bundleApp(outdir: string): Promise<Bundled> {
  const importedLater = new Set<string>();
  const entry = await esbuild({
    ...functionsBundle,
    entryPoints: [{ in: 'src/hosts/azure/main.ts', out: 'main' }],
    outdir,
    outExtension: { '.js': '.mjs' },
    metafile: true,
    plugins: [routesAsData, bundleSeparately(importedLater, /^\./, './chunks')],
  });
  const later = await esbuild({
    ...functionsBundle,
    entryPoints: [...importedLater].map((file) => ({ in: file, out: `chunks/${parse(file).name}` })),
    outdir,
    outExtension: { '.js': '.mjs' },
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    metafile: true,
    plugins: [
      withoutFormData,
      keepNamesWhereRead,
      ajvBeside,
      bundleSeparately(new Set(), /\/managed-identity\.ts$/, '.'),
    ],
  });
  const identity = await esbuild({
    ...functionsBundle,
    entryPoints: [{ in: 'src/adapters/fno/managed-identity.ts', out: 'chunks/managed-identity' }],
    outdir,
    outExtension: { '.js': '.mjs' },
    metafile: true,
    plugins: [identityOnly],
  });
  const ajv = await esbuild({
    ...functionsBundle,
    entryPoints: [{ in: 'ajv', out: 'chunks/ajv' }],
    outdir,
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    banner: {},
    metafile: true,
  });
  return Object.assign({}, ...[entry, later, identity, ajv].map(({ metafile }) => metafile.outputs));
}

/** The entry registers the routes and leaves their handling to what comes later: it needs only what JSON holds. */
const routesAsData: Plugin = {
  name: 'routes as data',
  setup(build) {
    build.onResolve({ filter: /\/http\/routes\.ts$/ }, ({ path }) => ({ path, namespace: 'as-data' }));
    build.onLoad({ filter: /^/, namespace: 'as-data' }, () => ({
      contents: `export const routes = ${JSON.stringify(routes.map(({ name, method, path, auth }) => ({ name, method, path, auth })))};`,
    }));
  },
};

/**
 * Leaves each file that matches `filter` and is imported by `import()` out of the bundle, and adds it to
 * `importedLater`. It will be in `folder`.
 */
function bundleSeparately(importedLater: Set<string>, filter: RegExp, folder: string): Plugin {
  return {
    name: 'leave for later',
    setup(build) {
      build.onResolve({ filter }, ({ kind, path, resolveDir }) => {
        if (kind !== 'dynamic-import') return null;
        const file = resolve(resolveDir, path);
        importedLater.add(file);
        return { path: `${folder}/${parse(file).name}.mjs`, external: true };
      });
    },
  };
}

/**
 * @azure/storage-queue tells credentials by the names of their classes, and OpenTelemetry says in warnings which part
 * fails. To keep the names of everything takes a tenth of the time until the first answer.
 */
const keepNamesWhereRead: Plugin = {
  name: 'keep names where read',
  setup(build) {
    build.onLoad(
      { filter: /node_modules\/@(azure\/storage-|opentelemetry\/).*\.m?js$/ },
      async ({ path }) => {
        const { code } = await transform(await readFile(path, 'utf8'), { keepNames: true, target: 'node22' });
        return { contents: code };
      },
    );
  },
};

/** Leaves ajv in a file of its own, which the first schema loads: V8 would read it with all else. */
const ajvBeside: Plugin = {
  name: 'ajv beside',
  setup(build) {
    build.onLoad({ filter: /\/events\/load-ajv\.ts$/ }, () => ({
      contents: `import { createRequire } from 'node:module';
        export const loadAjv = () => createRequire(import.meta.url)('./ajv.cjs').Ajv;`,
    }));
  },
};

/** Bundles ajv, and runs it when the first schema is compiled: src/events/load-ajv.ts */
export const ajvWhenNeeded: Plugin = {
  name: 'ajv when needed',
  setup(build) {
    build.onLoad({ filter: /\/events\/load-ajv\.ts$/ }, () => ({
      contents: `export const loadAjv = () => require('ajv').Ajv;`,
    }));
  },
};

/**
 * Leaves out of a managed identity what it would ask for elsewhere than in Functions: the token exchange of Kubernetes,
 * with which come all other ways to sign in, and jsonwebtoken, which signs with certificates.
 */
const identityOnly: Plugin = {
  name: 'identity only',
  setup(build) {
    build.onLoad({ filter: /\/tokenExchangeMsi\.js$/ }, () => ({
      contents: 'export const tokenExchangeMsi = { isAvailable: async () => false };',
    }));
    build.onResolve({ filter: /^jsonwebtoken$/ }, ({ path }) => ({
      path,
      external: true,
      sideEffects: false,
    }));
  },
};

/**
 * axios needs this only to send multipart bodies, of which F&O gets none; it and its list of media types take a
 * quarter of what the first answer loads. axios takes the platform's own where there is none, as in browsers.
 */
const withoutFormData: Plugin = {
  name: 'without form-data',
  setup(build) {
    build.onResolve({ filter: /^form-data$/ }, ({ path }) => ({ path, namespace: 'left-out' }));
    build.onLoad({ filter: /^/, namespace: 'left-out' }, () => ({ contents: 'export default null;' }));
  },
};
