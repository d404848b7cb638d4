/**
 * The newest stable API version of each type, looked up on the day below in
 * https://github.com/Azure/bicep-types-az/tree/main/generated. Types that Azure changes seldom have old ones.
 */
export const lookedUpOn = '2026-11-23';

export const newestApiVersions: Record<string, string> = {
  'Microsoft.Authorization/roleAssignments': '2022-04-01',
  'Microsoft.Insights/actionGroups': '2023-01-01',
  'Microsoft.Insights/components': '2020-02-02',
  'Microsoft.Insights/scheduledQueryRules': '2023-12-01',
  'Microsoft.Insights/workbooks': '2023-06-01',
  'Microsoft.KeyVault/vaults': '2026-05-15',
  'Microsoft.KeyVault/vaults/secrets': '2026-05-15',
  'Microsoft.ManagedIdentity/userAssignedIdentities': '2024-11-30',
  'Microsoft.Network/privateDnsZones': '2024-06-01',
  'Microsoft.Network/privateDnsZones/virtualNetworkLinks': '2024-06-01',
  'Microsoft.Network/privateEndpoints': '2026-01-01',
  'Microsoft.Network/privateEndpoints/privateDnsZoneGroups': '2026-01-01',
  'Microsoft.Network/virtualNetworks': '2026-01-01',
  'Microsoft.OperationalInsights/workspaces': '2026-03-01',
  'Microsoft.Resources/resourceGroups': '2025-04-01',
  'Microsoft.Storage/storageAccounts': '2026-09-01',
  'Microsoft.Storage/storageAccounts/blobServices': '2026-09-01',
  'Microsoft.Storage/storageAccounts/blobServices/containers': '2026-09-01',
  'Microsoft.Storage/storageAccounts/managementPolicies': '2026-09-01',
  'Microsoft.Storage/storageAccounts/queueServices': '2026-09-01',
  'Microsoft.Storage/storageAccounts/queueServices/queues': '2026-09-01',
  'Microsoft.Storage/storageAccounts/tableServices': '2026-09-01',
  'Microsoft.Storage/storageAccounts/tableServices/tables': '2026-09-01',
  'Microsoft.Web/serverfarms': '2025-03-01',
  'Microsoft.Web/sites': '2025-03-01',
  'Microsoft.Web/sites/basicPublishingCredentialsPolicies': '2025-03-01',
  'Microsoft.Web/sites/config': '2025-03-01',
};

/** Ids of roles: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
export const roles: Record<string, string> = {
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': 'Storage Blob Data Owner',
  '974c5e8b-45b9-4653-ba55-5f855dd0fb88': 'Storage Queue Data Contributor',
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3': 'Storage Table Data Contributor',
  '3913510d-42f4-4e42-8a64-420c390055eb': 'Monitoring Metrics Publisher',
  '4633458b-17de-408a-b874-0445c86b69e6': 'Key Vault Secrets User',
  'b86a8fe4-44ce-4948-aee5-eccb2c155cd7': 'Key Vault Secrets Officer',
};

/** Those that the files may use: https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions */
export const bicepFunctions = new Set(
  [
    'allowed description maxLength maxValue metadata minLength minValue secure',
    'concat empty guid join replace split string union uniqueString',
    'environment loadJsonContent loadTextContent resourceGroup subscriptionResourceId tenant',
  ].flatMap((names) => names.split(' ')),
);

/** What a resource of a type must say. */
export const requiredValues: Record<string, Record<string, RegExp>> = {
  'Microsoft.Insights/components': { 'properties.DisableLocalAuth': /^true$/ },
  'Microsoft.KeyVault/vaults': { 'properties.enableRbacAuthorization': /^true$/ },
  'Microsoft.OperationalInsights/workspaces': { 'properties.features.disableLocalAuth': /^true$/ },
  'Microsoft.Storage/storageAccounts': {
    'properties.allowSharedKeyAccess': /^false$/,
    'properties.allowBlobPublicAccess': /^false$/,
    'properties.minimumTlsVersion': /^TLS1_[23]$/,
    'properties.supportsHttpsTrafficOnly': /^true$/,
  },
  'Microsoft.Storage/storageAccounts/blobServices/containers': { 'properties.publicAccess': /^None$/ },
  'Microsoft.Web/sites': {
    'properties.httpsOnly': /^true$/,
    'properties.siteConfig.minTlsVersion': /^1\.[23]$/,
    'properties.siteConfig.scmMinTlsVersion': /^1\.[23]$/,
    'properties.siteConfig.ftpsState': /^Disabled$/,
  },
  'Microsoft.Web/sites/basicPublishingCredentialsPolicies': { 'properties.allow': /^false$/ },
};
