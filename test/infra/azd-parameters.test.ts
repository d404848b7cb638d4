import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  type Declared,
  type ParametersFile,
  resolveParameters,
  variablesOf,
} from '../../tools/azure/azd-parameters.ts';
import { compile } from '../../tools/azure/bicep.ts';
import { parameterProblems } from '../../tools/azure/deployment-problems.ts';
import { bicep } from './evaluated.ts';
import { readWorkflow } from './workflow.ts';

const parametersFile: ParametersFile = JSON.parse(readFileSync('infra/main.parameters.json', 'utf8'));

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
    const { env = {} } = readWorkflow().jobs['deploy'] ?? {};
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

  test('asks for no policy: it travels in the package, as a file', () => {
    expect(variablesOf(parametersFile)).not.toContain('RETRY_POLICY');
    expect(Object.keys(declared).filter((name) => /policy/i.test(name))).toEqual([]);
  });

  test('would break on JSON in a parameter that is text', () => {
    const { problems } = resolveParameters(parametersFile, declared, {
      ...known,
      ALERT_EMAILS: '{"jobs":[]}',
    });
    expect(problems.join()).toMatch(/alertEmails: found .* which is no string/);
  });
});
