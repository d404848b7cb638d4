import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { routes } from '../../src/http/routes.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { readConfig } from '../../src/settings/config.ts';
import { bundleApp, type Bundled } from '../../tools/build/bundle-app.ts';
import { startFakeIngestion } from '../adapters/telemetry/fake-ingestion.ts';
import { nightlyPosting, readAnswer } from '../helpers/a-service.ts';
import { everyJob } from '../helpers/policies.ts';
import { startFunctionsApp } from '../hosts/start-functions-app.ts';
import { buildElsewhere } from './build-elsewhere.ts';

const { jobId } = nightlyPosting;

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'batch-retry-build-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bundled = join(folder, 'bundled');
const outputs = await bundleApp(bundled);

/** Built as the repository is, and once more with a policy and a schema of the customer's. */
const { dist, printed } = buildElsewhere(folder);
const withoutPolicy = { files: readdirSync(dist).toSorted(), policy: policyIn(dist) };
writeFileSync(join(dist, 'left-over.js'), '');
writeFileSync(join(folder, 'retry-policy.json'), JSON.stringify(everyJob));
const ownSchema = {
  type: 'object',
  required: ['Reason'],
  additionalProperties: false,
  properties: { Reason: { type: 'string' } },
};
writeFileSync(join(folder, 'schemas', 'contoso-failed.1.0.schema.json'), JSON.stringify(ownSchema));
buildElsewhere(folder);

test('dist/ holds exactly what is deployed, and nothing that an earlier build left', () => {
  const files = ['LICENSE', 'chunks', 'host.json', 'main.mjs', 'package.json', 'retry-policy.json'];
  expect(printed).toMatch(/^dist\/main\.mjs: \d+ KiB at load, all else beside it when needed\n$/);
  expect(withoutPolicy).toMatchObject({ files, policy: [{ match: { jobIds: '*' }, mode: 'shadow' }] });

  expect(readdirSync(dist).toSorted()).toEqual([...files, 'schemas']);
  expect(policyIn(dist)).toMatchObject([{ match: { jobIds: '*' }, mode: 'retry' }]);
  expect(readdirSync(join(dist, 'schemas'))).toEqual(['contoso-failed.1.0.schema.json']);

  const { main, type }: Record<string, unknown> = JSON.parse(
    readFileSync(join(dist, 'package.json'), 'utf8'),
  );
  expect({ main, type }).toEqual({ main: 'main.mjs', type: 'module' });
  expect(readFileSync(join(dist, 'host.json'))).toEqual(readFileSync('host.json'));
});

test('bin/ holds the command line, which runs in node_modules with no package beside it', () => {
  const installed = join(folder, 'installed', 'node_modules', 'batch-retry');
  mkdirSync(installed, { recursive: true });
  cpSync(join(folder, 'bin', 'batch-retry.mjs'), join(installed, 'batch-retry.mjs'));
  cpSync('schemas/batch-job-failed.sample.json', join(folder, 'installed', 'sample.json'));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(installed, 'batch-retry.mjs'), 'schema', 'import', 'sample.json'],
    { cwd: join(folder, 'installed'), encoding: 'utf8' },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('schemas/batch-job-failed-business-event.0.0.schema.json written');
});

test('the deployed app serves with no package beside it, down to the token of @azure/identity and the telemetry', async () => {
  const deployed = join(folder, 'deployed');
  cpSync(dist, deployed, { recursive: true });
  await using ingestion = await startFakeIngestion();
  await using sandbox = await startSandbox();
  sandbox.addJob(nightlyPosting);
  await using app = await startFunctionsApp(
    pathToFileURL(join(deployed, 'main.mjs')),
    {
      FNO_ORG_URL: sandbox.orgUrl,
      STORE: 'sqlite:data/store.sqlite',
      ...sandbox.identityEnvironment,
      ...ingestion.environment,
      APPLICATIONINSIGHTS_CONNECTION_STRING: ingestion.connectionString,
      OTEL_BLRP_SCHEDULE_DELAY: '100',
      TMPDIR: folder,
    },
    deployed,
  );
  expect(app.functions.filter(({ name }) => routes.some((route) => route.name === name))).toEqual(
    routes.map(({ name, path, method, auth }) => ({ name, route: path, methods: [method], authLevel: auth })),
  );
  await sandbox.run(jobId);
  const deliver = async (body: string) => {
    const headers = { 'content-type': 'application/json' };
    return readAnswer(await fetch(`${app.url}/business-events`, { method: 'POST', headers, body }));
  };
  const event: object = JSON.parse(sandbox.failedEvent(jobId));
  const ofContoso = { ...event, BusinessEventId: 'ContosoFailed', MajorVersion: 1 };
  expect(await deliver(JSON.stringify(ofContoso))).toMatchObject({
    status: 422,
    body: { errors: expect.arrayContaining([{ pointer: '/Reason', message: 'is required' }]) },
  });
  expect(await deliver(sandbox.failedEvent(jobId))).toMatchObject({
    status: 200,
    body: { decision: 'requeued', policy: 'Every job' },
  });
  expect(sandbox.requeues(jobId)).toBe(1);
  await expect.poll(() => ingestion.bodies.join(''), { timeout: 15_000 }).toContain('"decision":"requeued"');

  const modules = await app.loadedModules();
  const beside = pathToFileURL(`${deployed}/`).href;
  expect(modules).toContain(`${beside}main.mjs`);
  expect(modules.filter((url) => !url.startsWith(beside))).toEqual([]);
  expect(app.output).toEqual({ out: '', err: '' });
});

test('at load nothing is evaluated but the library and the table of routes', async () => {
  const telemetry = { workspaceId: '7d5a1f0e-6c0b-4f3e-9a51-0f6d3c2e8b14' };
  const orgUrl = 'https://contoso.operations.dynamics.com';
  await using app = await startFunctionsApp(pathToFileURL(join(bundled, 'main.mjs')), {
    FNO_ENVIRONMENTS: JSON.stringify({ prod: { orgUrl, telemetry } }),
    RETRY_POLICY: JSON.stringify(everyJob),
    STORE: 'sqlite::memory:',
  });
  expect(app.modulesAtLoad).toEqual([pathToFileURL(join(bundled, 'main.mjs')).href]);
  expect(packagesIn(app.modulesAtLoad)).toEqual([
    '@azure/functions',
    '@azure/functions-extensions-base',
    'cookie',
  ]);

  await fetch(`${app.url}/batch-jobs`);
  expect(packagesIn(await app.loadedModules())).toContain('zod');
});

test('what the first answer loads writes nothing as a language would: the tables for it take as long as all of zod', () => {
  expect(readFileSync(join(bundled, 'chunks', 'compose.mjs'), 'utf8')).not.toMatch(/toLocale|Intl\./);
});

test('a duplicate, and an event of a job that no entry lists, load neither sign-in nor a client of F&O', async () => {
  await using sandbox = await startSandbox();
  const [listed, other] = [nightlyPosting, { ...nightlyPosting, jobId: '5637144577' }];
  for (const job of [listed, other]) {
    sandbox.addJob(job);
    await sandbox.run(job.jobId);
  }
  const settings = {
    FNO_ORG_URL: sandbox.orgUrl,
    ...sandbox.identityEnvironment,
    RETRY_POLICY: JSON.stringify({ jobs: [{ name: 'Listed', match: { jobId: [listed.jobId] } }] }),
    STORE: `sqlite:${join(folder, 'duplicate.sqlite')}`,
  };
  const answer = async (jobIds: readonly string[]) => {
    await using app = await startFunctionsApp(pathToFileURL(join(bundled, 'main.mjs')), settings);
    const decisions: unknown[] = [];
    for (const id of jobIds) {
      const headers = { 'content-type': 'application/json' };
      const init = { method: 'POST', headers, body: sandbox.failedEvent(id) };
      decisions.push((await readAnswer(await fetch(`${app.url}/business-events`, init))).body['decision']);
    }
    return { decisions, packages: packagesIn(await app.loadedModules()) };
  };
  const first = await answer([listed.jobId]);
  expect(first.decisions).toEqual(['requeued']);
  expect(first.packages).toEqual(expect.arrayContaining(['axios', '@azure/identity']));
  // A managed identity signs nothing: these come with the other ways to sign in.
  expect(first.packages.filter((name) => /^jsonwebtoken$|^semver$/.test(name))).toEqual([]);

  const { decisions, packages } = await answer([listed.jobId, other.jobId]);
  expect(decisions).toEqual(['duplicate', 'ignored']);
  const heavy = packages.filter((name) => /^axios$|^@azure|^@opentelemetry/.test(name));
  expect(heavy.filter((name) => !name.includes('functions'))).toEqual([]);
});

test('the bundle holds neither the languages of zod nor the media types of form-data', () => {
  const paths = Object.values(outputs).flatMap(held);
  expect(paths).toContainEqual(expect.stringContaining('/zod/'));
  expect(paths.filter((path) => /zod\/v4\/locales\/(?!en)|mime-db/.test(path))).toEqual([]);
});

test('a package that is not whole shows in every answer and in the log, and the app stays up', async () => {
  const broken = join(folder, 'broken');
  cpSync(bundled, broken, { recursive: true });
  rmSync(join(broken, 'chunks', 'compose.mjs'));
  await using app = await startFunctionsApp(pathToFileURL(join(broken, 'main.mjs')), {});
  await expect
    .poll(() => app.output.err)
    .toMatch(/^Error: The service could not be loaded\. Cannot find module/);
  for (const route of ['ready', 'batch-jobs', 'ready']) {
    expect(await readAnswer(await fetch(`${app.url}/${route}`))).toMatchObject({
      status: 500,
      body: { type: 'urn:batch-retry:problem:internal-error' },
    });
  }
});

test('SQLite, which not every Node.js has, is loaded only for a store in a file', () => {
  const needed = [importedAtOnce('main.mjs'), importedAtOnce('chunks/compose.mjs')].flat();
  const later = Object.keys(outputs).flatMap((file) => importedAtOnce(relative(bundled, resolve(file))));
  expect(later).toContain('node:sqlite');
  expect(needed).toContain('node:fs');
  expect(needed).not.toContain('node:sqlite');
});

test('on a Node.js that is too old the app ends with one line that says so', () => {
  const old = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })`;
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(old)}`, join(bundled, 'main.mjs')],
    { encoding: 'utf8' },
  );
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^Error: batch-retry needs Node\.js 22 or newer, preferably 24; this is 20\.20\.2\./m,
  );
});

/** What an output imports when it is loaded, not later, with what its own imports do. */
function importedAtOnce(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const [, output] = Object.entries(outputs).find(([name]) => resolve(name) === join(bundled, file)) ?? [];
  const imports = output?.imports.filter(({ kind }) => kind === 'import-statement') ?? [];
  return imports.flatMap(({ path, external }) =>
    external === true ? [path] : importedAtOnce(relative(bundled, resolve(path)), seen),
  );
}

/** The packages of which the modules that were loaded, files of one bundle, hold something. */
function packagesIn(modules: readonly string[]): string[] {
  const loaded = new Set(modules.map((url) => fileURLToPath(url)));
  const paths = Object.entries(outputs)
    .filter(([file]) => loaded.has(resolve(file)))
    .flatMap(([, output]) => held(output));
  const names = paths.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  return [...new Set(names)].toSorted();
}

/** The files of which something is left in the output. */
function held({ inputs }: Bundled[string]): string[] {
  return Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : []));
}

/** The policy of the package, as the service reads it when no setting names another. */
function policyIn(dist: string) {
  const settings = {
    FNO_ORG_URL: 'https://contoso.operations.dynamics.com',
    RETRY_POLICY: join(dist, 'retry-policy.json'),
  };
  return readConfig(settings, 'azure').policy;
}
