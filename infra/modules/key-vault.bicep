// Holds the client secret of an app registration, if there is one, and the address of the webhook for F&O.
// It stays reachable from the internet, because F&O reads it; who has no role gets nothing.

@description('Name of the key vault.')
@minLength(3)
@maxLength(24)
param name string

@description('Azure region.')
param location string

@description('Tags.')
param tags object

@description('Client secret of the app registration that signs in to F&O. Empty: no secret is stored.')
@secure()
param fnoClientSecret string

@description('Object ids of the applications that may read secrets.')
param readerObjectIds string[]

@description('Object ids of users or applications that may store secrets.')
param officerObjectIds string[]

var keyVaultSecretsUser = '4633458b-17de-408a-b874-0445c86b69e6'
var keyVaultSecretsOfficer = 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
var fnoClientSecretName = 'fno-client-secret'

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 7
    publicNetworkAccess: 'Enabled'
  }
}

resource secret 'Microsoft.KeyVault/vaults/secrets@2025-05-01' = if (!empty(fnoClientSecret)) {
  parent: vault
  name: fnoClientSecretName
  properties: {
    value: fnoClientSecret
    contentType: 'client secret for F&O'
  }
}

resource readerRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for objectId in readerObjectIds: {
    name: guid(vault.id, objectId, keyVaultSecretsUser)
    scope: vault
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultSecretsUser)
      principalId: objectId
      principalType: 'ServicePrincipal'
    }
  }
]

// Without principalType: a person or a pipeline.
resource officerRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for objectId in officerObjectIds: {
    name: guid(vault.id, objectId, keyVaultSecretsOfficer)
    scope: vault
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultSecretsOfficer)
      principalId: objectId
    }
  }
]

@description('Name of the key vault.')
output name string = vault.name

@description('Address of the client secret in the vault. The address is no secret.')
output fnoClientSecretUri string = '${vault.properties.vaultUri}secrets/${fnoClientSecretName}'
