@description('Name of the Application Insights resource, and after log- of the Log Analytics workspace.')
param name string

@description('Azure region.')
param location string

@description('Tags.')
param tags object

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: 'log-${name}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 90
    features: { disableLocalAuth: true }
  }
}

// Takes telemetry only from who has a role for it; keys in connection strings are not accepted.
resource applicationInsights 'Microsoft.Insights/components@2020-02-02' = {
  name: name
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
  }
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(applicationInsights.id, 'batch-retry')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Batch retry'
    category: 'workbook'
    sourceId: applicationInsights.id
    serializedData: replace(loadTextContent('../workbook.json'), '{applicationInsightsId}', applicationInsights.id)
  }
}

@description('Name of the Application Insights resource.')
output applicationInsightsName string = applicationInsights.name
