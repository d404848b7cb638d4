import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type ParametersFile, variablesOf } from '../../tools/azure/azd-parameters.ts';
import { readAzureYaml } from '../../tools/azure/azure-yaml.ts';
import { readWorkflow } from './workflow.ts';

const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'));
const folder = { funcignore: existsSync('.funcignore') ? read('.funcignore') : null, scripts };
describe('azure.yaml', () => {
  const text = read('azure.yaml');
  const { document, problems } = readAzureYaml(parse(text), folder);

  test('is one that azd takes at every command', () => {
    expect(problems).toEqual([]);
  });

  test.each([
    [
      'a language that is an alpha feature',
      'language: ts',
      'language: custom',
      /services\.batch-retry\.language/,
    ],
    ['a key that azd does not know', 'dist: dist', 'dit: dist', /dist|dit/],
    ['no word on remote build', '    remoteBuild: false\n', '', /builds once more on Azure/],
    ['another provider', 'provider: bicep', 'provider: terraform', /infra\.provider/],
  ])('is refused with %s', (_what, from, to, problem) => {
    expect(text).toContain(from);
    expect(readAzureYaml(parse(text.replace(from, to)), folder).problems.join()).toMatch(problem);
  });

  test.each([
    ['*\n!dist\n', false, /remoteBuild: false needs/],
    ['node_modules\n', false, /remoteBuild: false needs/],
    ['*.ts\n', true, /remoteBuild: true needs/],
    ['node_modules\n!node_modules\n', true, /remoteBuild: true needs/],
    ['*.ts\n', false, /^$/],
    ['node_modules/\n', true, /^$/],
    [null, false, /^$/],
  ])('with the .funcignore %j and remoteBuild %j comes to what azd says', (ignored, remoteBuild, problem) => {
    const yaml = parse(text.replace('remoteBuild: false', `remoteBuild: ${remoteBuild}`));
    expect(readAzureYaml(yaml, { funcignore: ignored, scripts }).problems.join()).toMatch(problem);
  });

  test('has azd deploy the folder that the build makes, and find the Bicep where it is', () => {
    const { path = '', module } = document?.infra ?? {};
    expect(document?.services['batch-retry']).toMatchObject({ project: '.', dist: 'dist' });
    expect(read('tools/build.ts')).toContain("bundleApp('dist')");
    expect(existsSync(join(path, `${module}.bicep`))).toBe(true);
  });

  test('hands the workflow just the variables that the parameters ask for', () => {
    const { variables = [], secrets = [] } = document?.pipeline ?? {};
    const parametersFile: ParametersFile = JSON.parse(read('infra/main.parameters.json'));
    const asked = variablesOf(parametersFile).filter((name) => !name.startsWith('AZURE_'));
    const { env } = readWorkflow().jobs['deploy'] ?? {};
    expect([...variables, ...secrets].toSorted()).toEqual(asked.toSorted());
    expect(Object.keys(env ?? {})).toEqual(expect.arrayContaining(asked));
  });

  test('has each of these variables explained for who deploys', () => {
    const page = read('docs/operate/deploy.md');
    const { variables = [], secrets = [] } = document?.pipeline ?? {};
    const rows = [...page.matchAll(/^\| (`[A-Z_]+`[^|]*?) +\|/gm)].map(([, names = '']) => names).join(' ');
    expect([...variables, ...secrets].filter((name) => !rows.includes(`\`${name}\``))).toEqual([]);
  });
});

function read(file: string): string {
  return readFileSync(file, 'utf8');
}
