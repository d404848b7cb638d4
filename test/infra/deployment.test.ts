import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { storageNames } from '../../src/adapters/azure-storage/connect-storage.ts';
import { readConfig } from '../../src/config.ts';
import { everyNode, propertiesOf, readBicep, textOf } from './bicep-file.ts';

const main = readBicep('infra/main.bicep');
const functionApp = readBicep('infra/modules/function-app.bicep');
const storage = readBicep('infra/modules/storage.bicep');
const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync('package.json', 'utf8'));
const { parameters }: { parameters: Record<string, { value: unknown }> } = JSON.parse(
  readFileSync('infra/main.parameters.json', 'utf8'),
);

describe('infra/main.parameters.json', () => {
  test('names parameters of main.bicep only, and all that have no default', () => {
    const declared = main.parameters.map(({ name }) => name);
    const needed = main.parameters.filter(({ value }) => value === null).map(({ name }) => name);
    expect(Object.keys(parameters).filter((name) => !declared.includes(name))).toEqual([]);
    expect(needed.filter((name) => !(name in parameters))).toEqual([]);
  });

  test('gives a default for each variable whose parameter is no text, as azd cannot make one of nothing', () => {
    for (const { name, node } of main.parameters) {
      const value = parameters[name]?.value;
      if (typeof value !== 'string') continue;
      const type = node.namedChildren[1]?.text;
      expect([name, type === 'string' || /^\$\{\w+=.+\}$/.test(value)]).toEqual([name, true]);
    }
  });
});

describe('what infra/ makes', () => {
  test('has the tables and queues of the service', () => {
    const { work, setAside, ...tables } = storageNames;
    expect(namesIn('queueNames')).toEqual([work, setAside]);
    expect(namesIn('tableNames')).toEqual(Object.values(tables));
  });

  test('sets only app settings that the service, its libraries or the Functions host read', () => {
    const names = functionApp.variables
      .filter(({ name }) => name.endsWith('Settings'))
      .flatMap(({ value }) => (value ? everyNode(value) : []))
      .flatMap((node) => [...propertiesOf(node).keys()]);
    expect(names).toEqual(expect.arrayContaining(['FNO_ORG_URL', 'AzureWebJobsStorage__accountName']));
    const table = readFileSync('README.md', 'utf8');
    const isRead = (name: string) =>
      table.includes(`\n| \`${name}\``) || /^(AzureWebJobsStorage__|APPLICATIONINSIGHTS_|AZURE_)/.test(name);
    expect(names.filter((name) => !isRead(name) && name !== 'ALLOWED_CLIENT_IDS')).toEqual([]);
  });

  test('only watches until a policy is given', () => {
    const policy = textOf(functionApp.variables.find(({ name }) => name === 'watchOnly')?.value);
    const settings = { FNO_ORG_URL: 'https://contoso.operations.dynamics.com', RETRY_POLICY: policy };
    expect(readConfig(settings, 'azure').policy).toMatchObject([{ mode: 'shadow', match: { jobIds: '*' } }]);
  });
});

describe('azure.yaml', () => {
  const yaml: AzureYaml = parse(readFileSync('azure.yaml', 'utf8'));
  const service = yaml.services['batch-retry'];

  test('has azd deploy the folder that the build makes, as it is, to the app with its tag', () => {
    expect(service).toMatchObject({ project: '.', host: 'function', language: 'custom', dist: 'dist' });
    expect(readFileSync('scripts/build.ts', 'utf8')).toContain("bundleApp('dist')");
    expect(functionApp.root.text).toContain("'azd-service-name': 'batch-retry'");
  });

  test('finds the Bicep where it is', () => {
    expect(existsSync(join(yaml.infra.path, `${yaml.infra.module}.bicep`))).toBe(true);
  });

  test('hands the workflow just the variables that the parameters ask for', () => {
    const asked = Object.values(parameters).flatMap(
      ({ value }) => /^\$\{(\w+)/.exec(String(value))?.[1] ?? [],
    );
    const handed = [...yaml.pipeline.variables, ...yaml.pipeline.secrets];
    const { env } = workflow('.github/workflows/azure-dev.yml').jobs['deploy'] ?? {};
    expect(handed.toSorted()).toEqual(asked.filter((name) => !name.startsWith('AZURE_')).toSorted());
    expect(Object.keys(env ?? {})).toEqual(expect.arrayContaining(handed));
  });
});

describe.each(['azure.yaml', '.github/workflows/azure-dev.yml', 'azure-pipelines.yml'])('%s', (file) => {
  const text = readFileSync(file, 'utf8');

  test('is YAML, and runs only scripts of package.json', () => {
    expect(parse(text)).toBeTypeOf('object');
    const named = [...text.matchAll(/npm (?:run ([\w:-]+)|(test)\b)/g)].map(([, run, short]) => run ?? short);
    expect(named).toContain('build');
    expect(named.filter((name) => scripts[name ?? ''] === undefined)).toEqual([]);
  });

  test('holds no secret', () => {
    expect(text).not.toMatch(/password|publish-profile|client-secret|creds:/i);
  });
});

test('the workflow pins each action, signs in by federation, and gives rights only where they are needed', () => {
  const { permissions, jobs } = workflow('.github/workflows/azure-dev.yml');
  const uses = Object.values(jobs).flatMap(({ steps }) => steps.flatMap((step) => step.uses ?? []));
  expect(uses.filter((action) => !/@(v\d+|[0-9a-f]{40})$/.test(action))).toEqual([]);
  expect(permissions).toEqual({ contents: 'read' });
  expect(jobs['deploy']?.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
});

function namesIn(variable: string): string[] | undefined {
  return storage.variables.find(({ name }) => name === variable)?.value?.namedChildren.map(textOf);
}

function workflow(file: string): Workflow {
  return parse(readFileSync(file, 'utf8'));
}

type AzureYaml = {
  infra: { path: string; module: string };
  services: Record<string, Record<string, unknown>>;
  pipeline: { variables: string[]; secrets: string[] };
};

type Workflow = {
  permissions: object;
  jobs: Record<string, { permissions?: object; env?: object; steps: { uses?: string }[] }>;
};
