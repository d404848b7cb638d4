import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  type Declared,
  type ParametersFile,
  resolveParameters,
  variablesOf,
} from '../../scripts/azure/azd-parameters.ts';
import { type AzureYaml, readAzureYaml } from '../../scripts/azure/azure-yaml.ts';
import { compile } from '../../scripts/azure/bicep.ts';
import { parameterProblems } from '../../scripts/azure/deployment-problems.ts';
import { pipelineProblems } from '../../scripts/azure/pipeline-problems.ts';
import { workflowProblems } from '../../scripts/azure/workflow-problems.ts';
import { bicep } from './evaluated.ts';

const workflowFile = '.github/workflows/azure-dev.yml';
const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'));
const parametersFile: ParametersFile = JSON.parse(read('infra/main.parameters.json'));
const funcignore = existsSync('.funcignore') ? read('.funcignore') : null;
const folder = { funcignore, scripts };

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
    const { path, module } = readable(document).infra;
    expect(readable(document).services['batch-retry']).toMatchObject({ project: '.', dist: 'dist' });
    expect(read('scripts/build.ts')).toContain("bundleApp('dist')");
    expect(existsSync(join(path, `${module}.bicep`))).toBe(true);
  });

  test('hands the workflow just the variables that the parameters ask for', () => {
    const { variables, secrets } = readable(document).pipeline;
    const asked = variablesOf(parametersFile).filter((name) => !name.startsWith('AZURE_'));
    const { env } = workflow().jobs['deploy'] ?? {};
    expect([...variables, ...secrets].toSorted()).toEqual(asked.toSorted());
    expect(Object.keys(env ?? {})).toEqual(expect.arrayContaining(asked));
  });
});

describe.skipIf(bicep === '')('infra/main.parameters.json', () => {
  const declared: Declared = bicep === '' ? {} : (compile(bicep, 'infra/main.bicep').parameters ?? {});
  const known = { AZURE_ENV_NAME: 'prod', AZURE_LOCATION: 'westeurope' };
  const prod = { prod: { orgUrl: 'https://contoso.operations.dynamics.com' } };

  test('leaves nothing for azd to ask, whatever else is set', () => {
    expect(parameterProblems(parametersFile, declared)).toEqual([]);
    const required = { ...declared, fnoOrgUrl: { type: 'string' } };
    expect(parameterProblems(parametersFile, required).join()).toMatch(/azd asks for fnoOrgUrl/);
  });

  test('takes JSON, quotes and all, for several environments and for further settings', () => {
    const environment = {
      ...known,
      FNO_ENVIRONMENTS: JSON.stringify(prod),
      APP_SETTINGS: '{"REQUEUES_PER_MINUTE":"30"}',
      PRIVATE_NETWORK: 'true',
    };
    const { values, asked, problems } = resolveParameters(parametersFile, declared, environment);
    expect({ asked, problems }).toEqual({ asked: [], problems: [] });
    expect(values).toEqual({
      environmentName: 'prod',
      location: 'westeurope',
      fnoEnvironments: prod,
      appSettings: { REQUEUES_PER_MINUTE: '30' },
      alwaysReadyInstances: 1,
      privateNetwork: true,
    });
  });

  test('takes what the workflow gives where no variable is set', () => {
    const { env = {} } = workflow().jobs['deploy'] ?? {};
    const unset = Object.entries(env).map(([name, value]) => [
      name,
      / '([^']*)' \}\}$/.exec(value)?.[1] ?? '',
    ]);
    const { asked, problems } = resolveParameters(parametersFile, declared, {
      ...Object.fromEntries(unset),
      ...known,
    });
    expect({ asked, problems }).toEqual({ asked: [], problems: [] });
  });

  test('would break on JSON in a parameter that is text', () => {
    const { problems } = resolveParameters(parametersFile, declared, {
      ...known,
      ALERT_EMAILS: '{"jobs":[]}',
    });
    expect(problems.join()).toMatch(/alertEmails: found .* which is no string/);
  });
});

describe('the workflow of GitHub', () => {
  const text = read(workflowFile);

  test('is one that GitHub takes, expressions included', async () => {
    expect(await workflowProblems(workflowFile, text)).toEqual([]);
  });

  test.each([
    ['runs-on:', 'run-on:', /Unexpected value 'run-on'/],
    ['needs: check', 'needs: chek', /depends on unknown job 'chek'/],
    ['${{ vars.ALERT_EMAILS }}', '${{ varz.ALERT_EMAILS }}', /Unrecognized named-value: 'varz'/],
  ])('is refused with %j made %j', async (from, to, problem) => {
    expect((await workflowProblems(workflowFile, text.replace(from, to))).join()).toMatch(problem);
  });

  test('pins each action, signs in by federation, and gives rights only where they are needed', () => {
    const { permissions, jobs } = workflow();
    const uses = Object.values(jobs).flatMap(({ steps }) => steps.flatMap((step) => step.uses ?? []));
    expect(uses.filter((action) => !/@(v\d+|[0-9a-f]{40})$/.test(action))).toEqual([]);
    expect(permissions).toEqual({ contents: 'read' });
    expect(jobs['deploy']?.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
  });
});

describe('azure-pipelines.yml', () => {
  const text = read('azure-pipelines.yml');

  test('has the form of a pipeline', () => {
    expect(pipelineProblems(parse(text))).toEqual([]);
  });

  test.each([
    ['dependsOn: Check', 'dependsOn: Chek', /depends on Chek/],
    ['timeoutInMinutes:', 'timeoutInMinute:', /stages\[0\].jobs\[0\]/],
    ['scriptType: bash', 'scriptType: zsh', /./],
  ])('is refused with %j made %j', (from, to, problem) => {
    expect(text).toContain(from);
    expect(pipelineProblems(parse(text.replace(from, to))).join()).toMatch(problem);
  });
});

test.each([workflowFile, 'azure-pipelines.yml'])(
  '%s runs only scripts of package.json, and holds no secret',
  (file) => {
    const text = read(file);
    const named = [...text.matchAll(/npm (?:run ([\w:-]+)|(test)\b)/g)].map(([, run, short]) => run ?? short);
    expect(named).toContain('build');
    expect(named.filter((name) => scripts[name ?? ''] === undefined)).toEqual([]);
    expect(text).not.toMatch(/password|publish-profile|client-secret|creds:/i);
  },
);

function read(file: string): string {
  return readFileSync(file, 'utf8');
}

function readable(document: AzureYaml | null): AzureYaml {
  if (!document) throw new Error('azure.yaml cannot be read');
  return document;
}

function workflow(): Workflow {
  return parse(read(workflowFile));
}

type Workflow = {
  permissions: object;
  jobs: Record<string, { permissions?: object; env?: Record<string, string>; steps: { uses?: string }[] }>;
};
