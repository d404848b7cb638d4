import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compile, findBicep, noBicep, runBicep, type Template } from '../../tools/azure/bicep.ts';

const bicep = findBicep() ?? '';
if (bicep === '') console.warn(noBicep);

describe.skipIf(bicep === '')('the Bicep in infra/', () => {
  test('compiles and passes lint without a warning, recent API versions included', () => {
    expect(runBicep(bicep, 'lint', '--pattern', 'infra/**/*.bicep')).toEqual({
      ok: true,
      stdout: '',
      stderr: '',
    });
  });

  test('is found wanting where an API version is old, or a name is not declared', () => {
    using copy = copyOfInfra();
    rewrite(join(copy.folder, 'modules/alerts.bicep'), 'ules@2026-03-01', 'ules@2023-12-01');
    rewrite(join(copy.folder, 'modules/storage.bicep'), 'parent: account', 'parent: acount');
    const { ok, stderr } = runBicep(bicep, 'lint', join(copy.folder, 'main.bicep'));
    expect(ok).toBe(false);
    expect(stderr).toMatch(/alerts\.bicep.*use-recent-api-versions/);
    expect(stderr).toMatch(/storage\.bicep.*"acount" does not exist/);
  });

  test('is formatted', () => {
    using copy = copyOfInfra();
    expect(runBicep(bicep, 'format', '--pattern', join(copy.folder, '**/*.bicep'))).toMatchObject({
      ok: true,
    });
    const files = globSync('**/*.bicep', { cwd: 'infra' });
    expect(files.length).toBeGreaterThan(8);
    const changed = files.filter(
      (file) => readFileSync(join(copy.folder, file), 'utf8') !== readFileSync(join('infra', file), 'utf8'),
    );
    expect(changed).toEqual([]);
  });
});

describe.skipIf(bicep === '')('the templates that Bicep makes', () => {
  const main: Template = bicep === '' ? { resources: {} } : compile(bicep, 'infra/main.bicep');
  const [service] = nested(main);
  const templates = [main, ...everyNested(main)];

  test('describe each parameter', () => {
    const silent = templates.flatMap(({ parameters = {} }) =>
      Object.entries(parameters).flatMap(([name, { metadata }]) => (metadata?.description ? [] : [name])),
    );
    expect(templates.length).toBeGreaterThan(8);
    expect(silent).toEqual([]);
  });

  test('say of several environments that none is the default unless it says so', () => {
    const described = [main, service].map((template) => template?.parameters?.['fnoEnvironments']?.metadata);
    for (const metadata of described)
      expect(metadata?.description).toMatch(/unless one (says|has) "?default"?: true/);
  });

  test('keep what is secret secure all the way down', () => {
    const secrets = templates.flatMap(({ parameters = {} }) =>
      Object.entries(parameters).filter(([name]) => /(secret|webhookUrl)$/i.test(name)),
    );
    expect(secrets).toHaveLength(6);
    for (const [name, { type }] of secrets) expect([name, type]).toEqual([name, 'securestring']);
  });

  test('hand every parameter of main.bicep on to service.bicep, with the same default', () => {
    const { location: _region, ...inService } = defaultsOf(service);
    const { location: _place, resourceGroupName: _name, ...inMain } = defaultsOf(main);
    expect(inMain).toEqual(inService);
  });
});

function nested({ resources }: Template): Template[] {
  return Object.values(resources).flatMap(({ properties }) =>
    properties?.template ? [properties.template] : [],
  );
}

function everyNested(template: Template): Template[] {
  return nested(template).flatMap((inner) => [inner, ...everyNested(inner)]);
}

function defaultsOf(template: Template | undefined): Record<string, unknown> {
  const parameters = Object.entries(template?.parameters ?? {});
  return Object.fromEntries(
    parameters.map(([name, { type, defaultValue }]) => [name, { type, defaultValue }]),
  );
}

function copyOfInfra(): Disposable & { folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'batch-retry-infra-'));
  cpSync('infra', folder, { recursive: true });
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

function rewrite(file: string, from: string, to: string): void {
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
}
