// What the service may do, given to whom it signs in as. Ids of roles:
// https://learn.microsoft.com/azure/role-based-access-control/built-in-roles

@description('Name of the storage account.')
param storageAccountName string

@description('Name of the Application Insights resource.')
param applicationInsightsName string

@description('Object ids of the managed identity and, if there is one, of the service principal that signs in to F&O.')
param objectIds string[]

var storageBlobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var storageQueueDataContributor = '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
var storageTableDataContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
var monitoringMetricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'

resource account 'Microsoft.Storage/storageAccounts@2025-08-01' existing = {
  name: storageAccountName
}

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

// For the Functions host: its locks, keys and the deployed package.
resource blobRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for objectId in objectIds: {
    name: guid(account.id, objectId, storageBlobDataOwner)
    scope: account
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataOwner)
      principalId: objectId
      principalType: 'ServicePrincipal'
    }
  }
]

resource queueRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for objectId in objectIds: {
    name: guid(account.id, objectId, storageQueueDataContributor)
    scope: account
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageQueueDataContributor)
      principalId: objectId
      principalType: 'ServicePrincipal'
    }
  }
]

resource tableRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for objectId in objectIds: {
    name: guid(account.id, objectId, storageTableDataContributor)
    scope: account
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageTableDataContributor)
      principalId: objectId
      principalType: 'ServicePrincipal'
    }
  }
]

resource telemetryRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for objectId in objectIds: {
    name: guid(applicationInsights.id, objectId, monitoringMetricsPublisher)
    scope: applicationInsights
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', monitoringMetricsPublisher)
      principalId: objectId
      principalType: 'ServicePrincipal'
    }
  }
]
