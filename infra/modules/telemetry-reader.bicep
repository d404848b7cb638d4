// Lets the service read a workspace that is not its own, perhaps in another subscription: why runs of F&O failed.

@description('Name of the Log Analytics workspace.')
param workspaceName string

@description('Object ids of the managed identity and, if there is one, of the service principal that signs in to F&O.')
param objectIds string[]

var logAnalyticsReader = '73c42c96-874c-492b-b04d-ab87d138a893'

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

resource roles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for objectId in objectIds: {
    name: guid(workspace.id, objectId, logAnalyticsReader)
    scope: workspace
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', logAnalyticsReader)
      principalId: objectId
      principalType: 'ServicePrincipal'
    }
  }
]
