import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { storageNames } from '../../src/adapters/azure-storage/connect-storage.ts';
import { routes } from '../../src/http/routes.ts';
import { readConfig } from '../../src/settings/config.ts';
import {
  appSettings,
  bicep,
  deployment,
  type DeploymentName,
  namesOf,
  resourcesOf,
  theOne,
  withoutFno,
} from './evaluated.ts';

const deployments: readonly DeploymentName[] = ['smallest', 'several', 'fullest'];

const watchOnly = '{"jobs":[{"name":"All","match":{"jobId":"*"},"mode":"shadow"}]}';

describe.skipIf(bicep === '')('the service as infra/ deploys it', () => {
  test.each(deployments)('%s: takes every setting that it is given', (name) => {
    const settings = settled(name);
    const config = readConfig({ ...settings, ...ofAppService, RETRY_POLICY: watchOnly }, 'azure');
    expect(config.store).toEqual({ kind: 'azure' });
    expect(config.applicationInsights?.identity?.clientId).toBe(someId);
    expect(config.environments.length).toBe(name === 'smallest' ? 1 : 2);
  });

  test.each(deployments)('%s: is given only settings that something reads', (name) => {
    const table = readFileSync('docs/reference/settings.md', 'utf8');
    const isRead = (setting: string) =>
      table.includes(`\n| \`${setting}\``) ||
      /^(AzureWebJobsStorage__|APPLICATIONINSIGHTS_|AZURE_)/.test(setting);
    const unread = Object.keys(appSettings(name)).filter((setting) => !isRead(setting));
    expect(unread.filter((setting) => setting !== 'ALLOWED_CLIENT_IDS')).toEqual([]);
  });

  test('has the tables and queues that it uses', () => {
    const { work, deadLetters, ...tables } = storageNames;
    const of = 'Microsoft.Storage/storageAccounts';
    expect(namesOf('smallest', `${of}/queueServices/queues`)).toEqual([work, deadLetters]);
    expect(namesOf('smallest', `${of}/tableServices/tables`)).toEqual(Object.values(tables));
  });

  test('runs on the version of Node.js that it is built for, in a package that azd finds by its tag', () => {
    const [app] = resourcesOf('smallest', 'Microsoft.Web/sites');
    expect(app?.tags).toMatchObject({ 'azd-service-name': 'batch-retry' });
    expect(app?.properties).toMatchObject({
      functionAppConfig: {
        runtime: { name: 'node', version: '24' },
        scaleAndConcurrency: { alwaysReady: [{ name: 'http', instanceCount: 1 }] },
      },
    });
  });

  test('goes into its network, if that is private', () => {
    const type = 'Microsoft.Web/sites';
    expect(theOne('smallest', type)).toMatchObject({ virtualNetworkSubnetId: null });
    expect(theOne('fullest', type)).toMatchObject({
      virtualNetworkSubnetId: expect.stringMatching(/\/vnet-batch-retry-\w+\/subnets\/app$/),
    });
  });

  test('is not deployed without an F&O: one line says what to set', () => {
    expect(withoutFno().error).toMatch(/No F&O is named: set FNO_ORG_URL to its address/);
  });

  test('asks nobody for a token whom it must admit without one, and everybody else', () => {
    const { globalValidation } = theOne('fullest', 'Microsoft.Web/sites/config', '/authsettingsV2');
    expect(globalValidation).toMatchObject({
      requireAuthentication: true,
      unauthenticatedClientAction: 'Return401',
    });
    const excluded = pathsIn(globalValidation);
    const isOpen = (path: string) => excluded.some((one) => covers(one, `/api/${path}`));
    // F&O's own endpoint has no token to show, nor has Power Automate when it ends a subscription.
    const needNone = routes.filter(
      ({ path, auth, method }) =>
        auth === 'anonymous' ||
        path.split('/')[0] === 'business-events' ||
        (path.startsWith('subscriptions/') && method === 'DELETE'),
    );
    expect(needNone.length).toBeGreaterThan(4);
    expect(needNone.filter(({ path }) => !isOpen(path))).toEqual([]);
    expect(isOpen('business-events/prod')).toBe(true);
    const open = routes.filter(({ path }) => isOpen(path)).map(({ path }) => path.split('/')[0]);
    expect(new Set(open)).toEqual(new Set(['business-events', 'health', 'ready', 'subscriptions']));
  });

  test('has an alert rule for each of infra/alerts.json, and a workbook that knows its resource', () => {
    const alerts: { name: string; query: string; windowSize: string }[] = JSON.parse(
      readFileSync('infra/alerts.json', 'utf8'),
    );
    const rules = resourcesOf('smallest', 'Microsoft.Insights/scheduledQueryRules');
    expect(rules).toHaveLength(alerts.length);
    rules.forEach(({ name, properties }, index) => {
      const { query, windowSize, name: own = '' } = alerts[index] ?? {};
      expect(name.endsWith(`-${own}`)).toBe(true);
      expect(properties).toMatchObject({ windowSize, criteria: { allOf: [{ query }] } });
    });
    const { serializedData } = theOne('smallest', 'Microsoft.Insights/workbooks');
    expect(serializedData).toContain('/providers/Microsoft.Insights/components/batch-retry-');
    expect(serializedData).not.toMatch(/\{applicationInsightsId\}/);
  });

  test('puts out nothing that its environment would hand back as a setting of the next deployment', () => {
    const file = readFileSync('infra/main.parameters.json', 'utf8');
    const asked = Object.keys(deployment('fullest').outputs).filter((name) => file.includes(`\${${name}`));
    expect(asked).toEqual([]);
  });
});

/** App Service sets it where sign-in is on. */
const ofAppService = { WEBSITE_AUTH_ENABLED: 'True' };

const someId = '12345678-1234-1234-1234-123456789012';

/** The settings with something in place of what only Azure knows. */
function settled(name: DeploymentName): Record<string, string> {
  const settings = Object.entries(appSettings(name)).map(([setting, value]) => {
    if (!value.startsWith('[')) return [setting, value];
    if (setting === 'APPLICATIONINSIGHTS_CONNECTION_STRING') return [setting, `InstrumentationKey=${someId}`];
    const format = /^\[format\('([^']*)'/.exec(value)?.[1] ?? '{0}';
    return [setting, format.replace('{0}', someId)];
  });
  return Object.fromEntries(settings);
}

function pathsIn(validation: unknown): string[] {
  const isGiven = typeof validation === 'object' && validation !== null && 'excludedPaths' in validation;
  return isGiven && Array.isArray(validation.excludedPaths) ? validation.excludedPaths.map(String) : [];
}

/** An excluded path is exact, or ends in /*. */
function covers(excluded: string, path: string): boolean {
  return excluded.endsWith('/*') ? path.startsWith(excluded.slice(0, -1)) : path === excluded;
}
