import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isPermissive, licenceOf } from '../../tools/build/licences.ts';

const folder = mkdtempSync(join(tmpdir(), 'batch-retry-sbom-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('what is deployed is listed, with licences that are all permissive', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/sbom.ts', folder], {
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/: \d+ packages, 0 with a licence that is not permissive\n$/);

  const sbom: Sbom = JSON.parse(readFileSync(join(folder, 'batch-retry.cdx.json'), 'utf8'));
  expect(sbom).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: 'batch-retry' } } });
  const names = sbom.components.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['@azure/functions', '@azure/identity', 'ajv', 'zod']));
  expect(names).not.toContain('vitest');
  const refs = new Set(['batch-retry@0.1.0', ...sbom.components.map((component) => component['bom-ref'])]);
  expect(sbom.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.has(ref))).toEqual([]);

  const table = readFileSync(join(folder, 'licences.md'), 'utf8');
  expect(table.match(/^\| (?!Package|---)/gm)).toHaveLength(sbom.components.length);
}, 60_000);

test.each([
  ['MIT', true],
  ['(MIT OR GPL-3.0-only)', true],
  ['(MIT AND Apache-2.0)', true],
  ['GPL-3.0-only', false],
  ['(MIT AND LGPL-2.1-only)', false],
  ['(MIT OR GPL-3.0-only) AND ISC', true],
  ['MIT OR (GPL-3.0-only AND ISC)', true],
  ['MIT AND (GPL-3.0-only OR LGPL-2.1-only)', false],
  ['SEE LICENSE IN LICENSE.txt', false],
  ['', false],
])('a licence %j is permissive: %s', (licence, expected) => {
  expect(isPermissive(licence)).toBe(expected);
});

test('a package that names no licence has none', () => {
  expect(licenceOf({ name: 'a', version: '1.0.0', 'bom-ref': 'a@1.0.0' })).toBe('');
});

type Sbom = {
  components: { name: string; 'bom-ref': string }[];
  dependencies: { dependsOn: string[] }[];
};
