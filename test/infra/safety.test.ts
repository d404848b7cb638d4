import { describe, expect, test } from 'vitest';
import {
  bicep,
  deployment,
  type DeploymentName,
  people,
  resourcesOf,
  secrets,
  telemetry,
  theOne,
} from './evaluated.ts';

const deployments: readonly DeploymentName[] = ['smallest', 'private', 'fullest'];

/** What a resource of a type must say: no keys, no public data, no TLS before 1.2. */
const required: Record<string, object> = {
  'Microsoft.Insights/components': { DisableLocalAuth: true },
  'Microsoft.KeyVault/vaults': { enableRbacAuthorization: true, enableSoftDelete: true },
  'Microsoft.OperationalInsights/workspaces': { features: { disableLocalAuth: true } },
  'Microsoft.Storage/storageAccounts': {
    allowSharedKeyAccess: false,
    allowBlobPublicAccess: false,
    allowCrossTenantReplication: false,
    minimumTlsVersion: 'TLS1_2',
    supportsHttpsTrafficOnly: true,
  },
  'Microsoft.Storage/storageAccounts/blobServices/containers': { publicAccess: 'None' },
  'Microsoft.Web/sites': {
    httpsOnly: true,
    siteConfig: { minTlsVersion: '1.2', scmMinTlsVersion: '1.2', ftpsState: 'Disabled' },
  },
  'Microsoft.Web/sites/basicPublishingCredentialsPolicies': { allow: false },
};

/** Ids of roles: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
const roleNames: Record<string, string> = {
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': 'Storage Blob Data Owner',
  '974c5e8b-45b9-4653-ba55-5f855dd0fb88': 'Storage Queue Data Contributor',
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3': 'Storage Table Data Contributor',
  '3913510d-42f4-4e42-8a64-420c390055eb': 'Monitoring Metrics Publisher',
  '4633458b-17de-408a-b874-0445c86b69e6': 'Key Vault Secrets User',
  'b86a8fe4-44ce-4948-aee5-eccb2c155cd7': 'Key Vault Secrets Officer',
  '73c42c96-874c-492b-b04d-ab87d138a893': 'Log Analytics Reader',
};

const ofIdentity = [
  'Key Vault Secrets User on kv',
  'Storage Blob Data Owner on st',
  'Storage Queue Data Contributor on st',
  'Storage Table Data Contributor on st',
  'Monitoring Metrics Publisher on batch-retry',
];

const onTelemetry = ['Log Analytics Reader on log-fno', 'Log Analytics Reader on log-uat'];

describe.skipIf(bicep === '')('what infra/ deploys', () => {
  test.each(Object.entries(required))('%s is closed, in every deployment', (type, properties) => {
    for (const name of deployments) {
      const resources = resourcesOf(name, type);
      expect(resources.length).toBeGreaterThan(0);
      for (const resource of resources) expect(resource.properties).toMatchObject(properties);
    }
  });

  test('closes the storage account to the internet in a private network, with an endpoint for each service', () => {
    const type = 'Microsoft.Storage/storageAccounts';
    expect(theOne('private', type)).toMatchObject({
      publicNetworkAccess: 'Disabled',
      networkAcls: { defaultAction: 'Deny', bypass: 'None' },
    });
    expect(theOne('smallest', type)).toMatchObject({ publicNetworkAccess: 'Enabled' });
    const endpoints = resourcesOf('private', 'Microsoft.Network/privateEndpoints');
    expect(endpoints.map(({ name }) => name.split('-').at(-1))).toEqual(['blob', 'queue', 'table']);
    expect(resourcesOf('private', 'Microsoft.Network/privateDnsZones')).toHaveLength(3);
    expect(resourcesOf('smallest', 'Microsoft.Network/virtualNetworks')).toEqual([]);
  });

  test('gives the identity what the service needs, each role on one resource, and nobody else anything', () => {
    expect(rolesIn('smallest')).toEqual({ 'the identity': ofIdentity });
  });

  test('gives an app registration the same roles but the vault, and the vault to who reads and who fills it', () => {
    expect(rolesIn('fullest')).toEqual({
      'the identity': [...ofIdentity, ...onTelemetry],
      [people.fnoClientObjectId]: [...ofIdentity.slice(1), ...onTelemetry],
      [people.fnoVaultReaderObjectId]: ['Key Vault Secrets User on kv'],
      [people.vaultOfficerObjectId]: ['Key Vault Secrets Officer on kv'],
    });
  });

  test("gives the role on F&O's telemetry where that is, also in another subscription", () => {
    const ids = resourcesOf('fullest', 'Microsoft.Authorization/roleAssignments').map(({ id }) =>
      id.toLowerCase(),
    );
    for (const workspace of Object.values(telemetry))
      expect(ids.filter((id) => id.includes(workspace.toLowerCase()))).toHaveLength(2);
  });

  test('shows no secret: not in an output, not in a setting, and no key is listed', () => {
    const { resources, outputs } = deployment('fullest');
    const all = JSON.stringify({ resources, outputs });
    for (const secret of Object.values(secrets)) expect(all).not.toContain(secret);
    expect(all).not.toMatch(/\blist\w*\(/i);
    expect(JSON.stringify(outputs)).not.toContain('parameters(');
    const holders = resources.filter((one) =>
      /parameters\('(fnoClientSecret|webhookUrl)'\)/.test(JSON.stringify(one)),
    );
    expect(holders.map(({ type }) => type)).toEqual([
      'Microsoft.Insights/actionGroups',
      'Microsoft.KeyVault/vaults/secrets',
    ]);
  });
});

/** Who may do what: the name of each role with the first part of the name of the resource that it is for. */
function rolesIn(name: DeploymentName): Record<string, string[]> {
  const roles: Record<string, string[]> = {};
  for (const { id, properties = {} } of resourcesOf(name, 'Microsoft.Authorization/roleAssignments')) {
    const principal = String(properties['principalId']);
    const who = principal.startsWith('[reference') ? 'the identity' : principal;
    const role =
      roleNames[String(properties['roleDefinitionId']).split('/').at(-1) ?? ''] ?? 'an unknown role';
    const [, scope = 'everything'] =
      /(?:vaults|storageAccounts|components|workspaces)\/(kv|st|batch-retry|log-fno|log-uat)/.exec(id) ?? [];
    (roles[who] ??= []).push(`${role} on ${scope}`);
  }
  return roles;
}
