import { globSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  doubtfulRoleAssignments,
  outdatedApiVersions,
  shownSecrets,
  unsafeResources,
} from './azure-rules.ts';
import { parseBicep, readBicep, syntaxErrors } from './bicep-file.ts';
import { newestApiVersions } from './known-azure.ts';
import {
  type Bicep,
  brokenModuleCalls,
  notHandedOn,
  undescribed,
  unknownNames,
  unusedNames,
} from './reference-rules.ts';

/**
 * What can be proved without Azure: the grammar of tree-sitter-bicep and the rules beside this file. Neither knows
 * the types of Azure's resources. The Bicep compiler does: `az bicep build --file infra/main.bicep`, and Azure
 * itself: `azd provision --preview`.
 */
const files: Bicep = new Map(
  globSync('infra/**/*.bicep').map((path) => {
    const name = path.replaceAll('\\', '/');
    return [name, readBicep(name)];
  }),
);

const rules = {
  'has no syntax errors': (all: Bicep) => [...all.values()].flatMap(syntaxErrors),
  'uses only names that are declared, and functions of Bicep': unknownNames,
  'declares nothing that is not used': unusedNames,
  'gives every module the parameters that it asks for, and takes outputs that it has': brokenModuleCalls,
  'describes each parameter and output': undescribed,
  'uses current API versions': outdatedApiVersions,
  'gives known roles, each for one resource': doubtfulRoleAssignments,
  'allows no keys, no public data and no TLS below 1.2': unsafeResources,
  'shows no secret': shownSecrets,
  'hands every parameter of the service on': (all: Bicep) =>
    notHandedOn(all, 'infra/main.bicep', 'service.bicep'),
};

describe('the Bicep in infra/', () => {
  test('is there', () => {
    expect([...files.keys()]).toContain('infra/main.bicep');
    expect(files.size).toBeGreaterThan(8);
  });

  test.each(Object.entries(rules))('%s', (_, findings) => {
    expect(findings(files)).toEqual([]);
  });

  test('uses each type of the table of API versions', () => {
    const used = new Set([...files.values()].flatMap(({ resources }) => resources.map(({ type }) => type)));
    expect(Object.keys(newestApiVersions).filter((type) => !used.has(type))).toEqual([]);
  });
});

type Mutation = [file: string, from: string, to: string, finding: RegExp];

const mutations: Mutation[] = [
  ['storage', 'resource account', 'resource', /storage\.bicep:\d+: (no Bicep|.* is missing)/],
  ['storage', "minimumTlsVersion: 'TLS1_2'", "minimumTlsVersion: 'TLS1_0'", /minimumTlsVersion is TLS1_0/],
  ['storage', 'allowSharedKeyAccess: false', 'allowSharedKeyAccess: true', /allowSharedKeyAccess is true/],
  ['storage', '    allowBlobPublicAccess: false\n', '', /allowBlobPublicAccess is not set/],
  ['storage', "publicAccess: 'None'", "publicAccess: 'Blob'", /publicAccess is Blob/],
  ['storage', 'storageAccounts@2025-08-01', 'storageAccounts@2025-08-01-preview', /not a stable API version/],
  ['storage', 'storageAccounts@2025-08-01', 'storageAccounts@2021-02-01', /@2021-02-01 is old/],
  ['storage', 'storageAccounts@2025-08-01', 'storageAccounts@2030-01-01', /newer than the newest/],
  ['storage', 'Microsoft.Storage/storageAccounts@', 'Microsoft.Storage/accounts@', /not in the table/],
  ['storage', 'parent: account', 'parent: acount', /acount is not known/],
  ['storage', 'output name string = account.name', "output name string = 'x'\nvar y = 1", /y is not used/],
  ['storage', '= account.name\n', '= account.listKeys().keys[0].value\n', /keys are listed/],
  ['storage', '= account.name\n', "= listKeys(account.id, '2025-08-01').keys[0].value\n", /keys are listed/],
  ['storage', "@description('Azure region.')\n", '', /location has no @description/],
  ['access', "'b7e6dc6d-", "'00000000-", /is no known role/],
  [
    'access',
    "'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'",
    "'974c5e8b-45b9-4653-ba55-5f855dd0fb88'",
    /is Storage Queue/,
  ],
  ['access', '    scope: account\n', '', /no resource as its scope/],
  ['access', 'scope: account', 'scope: resourceGroup()', /no resource as its scope/],
  ['access', 'guid(account.id, objectId, storageBlobDataOwner)', "guid('x')", /the name is not guid/],
  ['function-app', 'httpsOnly: true', 'httpsOnly: false', /httpsOnly is false/],
  ['function-app', "minTlsVersion: '1.2'", "minTlsVersion: '1.1'", /minTlsVersion is 1\.1/],
  ['function-app', 'allow: false', 'allow: true', /allow is true/],
  ['function-app', 'empty(retryPolicy)', 'isEmpty(retryPolicy)', /isEmpty is not known/],
  ['monitoring', 'DisableLocalAuth: true', 'DisableLocalAuth: false', /DisableLocalAuth is false/],
  ['key-vault', 'enableRbacAuthorization: true', 'enableRbacAuthorization: false', /Authorization is false/],
  [
    'key-vault',
    '@secure()\nparam fnoClientSecret',
    'param fnoClientSecret',
    /fnoClientSecret is not @secure/,
  ],
  ['key-vault', 'string = vault.name', 'string = fnoClientSecret', /the output name holds a secret/],
  ['alerts', '@secure()\n', '', /alerts is handed a secret in the open/],
  ['alerts', 'for email in emails', 'for mail in emails', /email is not known/],
];

test.each(mutations)('in %s.bicep, %j made %j is found', (name, from, to, finding) => {
  const path = `infra/modules/${name}.bicep`;
  expect(found(path, from, to)).toContainEqual(expect.stringMatching(finding));
});

const moduleCalls: Mutation[] = [
  ['service', '    storageAccountName: storage.outputs.name\n', '', /is not given storageAccountName/],
  ['service', 'identityName: identity', 'identityNames: identity', /has no parameter identityNames/],
  [
    'service',
    'storage.outputs.deploymentContainerName',
    'storage.outputs.container',
    /has no output container/,
  ],
  ['service', 'network.?outputs.appSubnetId', 'network.?outputs.subnetId', /has no output subnetId/],
  ['service', "'modules/access.bicep'", "'modules/roles.bicep'", /there is no modules\/roles\.bicep/],
  [
    'main',
    'param privateNetwork bool = false',
    'param privateNetwork bool = true',
    /privateNetwork is not as in/,
  ],
  ['main', 'alertEmails: alertEmails', "alertEmails: ''", /alertEmails is not handed on/],
];

test.each(moduleCalls)('in %s.bicep, %j made %j is found', (name, from, to, finding) => {
  expect(found(`infra/${name}.bicep`, from, to)).toContainEqual(expect.stringMatching(finding));
});

/** What the rules find once the first `from` in a file has become `to`. */
function found(path: string, from: string, to: string): string[] {
  const text = files.get(path)?.root.text ?? '';
  if (!text.includes(from)) throw new Error(`${path} has no ${JSON.stringify(from)}`);
  const mutated = new Map(files).set(path, parseBicep(path, text.replace(from, to)));
  return Object.values(rules).flatMap((findings) => findings(mutated));
}
