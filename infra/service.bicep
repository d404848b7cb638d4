// Everything, in a resource group that is there already. main.bicep makes the group and passes its parameters on.

@description('Name of this installation, such as prod or test.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Azure region of everything. Flex Consumption must be offered there.')
param location string = resourceGroup().location

@description('Address of the F&O environment, such as https://contoso.operations.dynamics.com. Empty if fnoEnvironments is given; one of the two must be.')
param fnoOrgUrl string = ''

@description('Several F&O environments instead of fnoOrgUrl, in the form of the setting FNO_ENVIRONMENTS: { prod: { orgUrl: \'https://…\' } }. An event that names none of them is refused, unless one says default: true.')
param fnoEnvironments object = {}

@description('Further app settings of the service by name, such as REQUEUES_PER_MINUTE.')
param appSettings object = {}

@description('Client id of an app registration that signs in to F&O. Empty: the managed identity does.')
param fnoClientId string = ''

@description('Object id of the service principal of fnoClientId.')
param fnoClientObjectId string = ''

@description('Client secret of fnoClientId.')
@secure()
param fnoClientSecret string = ''

@description('Object id of the application with which F&O reads the address of the webhook from the key vault.')
param fnoVaultReaderObjectId string = ''

@description('Object id of who may store secrets in the key vault.')
param vaultOfficerObjectId string = ''

@description('Resource ids of the Log Analytics workspaces with the telemetry of F&O, with commas between them.')
param fnoTelemetryWorkspaceIds string = ''

@description('Instances that always run for the HTTP routes.')
@minValue(0)
@maxValue(10)
param alwaysReadyInstances int = 1

@description('Memory of an instance in MB.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('How many instances may run at most, for each group of functions that scales alone.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Mail addresses that alerts go to, with commas between them.')
param alertEmails string = ''

@description('HTTPS address that alerts are posted to. It holds a secret.')
@secure()
param alertWebhookUrl string = ''

@description('Puts the app into a virtual network and closes the storage account to the internet.')
param privateNetwork bool = false

@description('Client id of an app registration that stands for this service. Empty: the function key is enough.')
param authClientId string = ''

@description('Client ids of the applications that may call with a token, with commas between them.')
param allowedClientIds string = ''

var tags = { 'azd-env-name': environmentName }
var token = uniqueString(resourceGroup().id, environmentName)
var hasFnoClient = !empty(fnoClientId)
var telemetryWorkspaceIds = empty(fnoTelemetryWorkspaceIds)
  ? []
  : split(replace(fnoTelemetryWorkspaceIds, ' ', ''), ',')

// Stops before anything is made. No parameter is required, because azd would ask for it even if it is not used.
var knownOrgUrl = empty(fnoOrgUrl) && empty(fnoEnvironments)
  ? fail('No F&O is named: set FNO_ORG_URL to its address, such as https://contoso.operations.dynamics.com, or FNO_ENVIRONMENTS to several')
  : fnoOrgUrl

module identity 'modules/identity.bicep' = {
  name: 'identity'
  params: {
    name: 'id-batch-retry-${token}'
    location: location
    tags: tags
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    name: 'st${token}'
    location: location
    tags: tags
    isPrivate: privateNetwork
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  name: 'network'
  params: {
    name: 'vnet-batch-retry-${token}'
    location: location
    tags: tags
    storageAccountName: storage.outputs.name
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    name: 'batch-retry-${token}'
    location: location
    tags: tags
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    name: 'batch-retry-${token}'
    location: location
    tags: tags
    applicationInsightsName: monitoring.outputs.applicationInsightsName
    emails: empty(alertEmails) ? [] : split(replace(alertEmails, ' ', ''), ',')
    webhookUrl: alertWebhookUrl
  }
}

module keyVault 'modules/key-vault.bicep' = {
  name: 'key-vault'
  params: {
    name: 'kv-${token}'
    location: location
    tags: tags
    fnoClientSecret: fnoClientSecret
    readerObjectIds: concat(
      [identity.outputs.principalId],
      empty(fnoVaultReaderObjectId) ? [] : [fnoVaultReaderObjectId]
    )
    officerObjectIds: empty(vaultOfficerObjectId) ? [] : [vaultOfficerObjectId]
  }
}

module access 'modules/access.bicep' = {
  name: 'access'
  params: {
    storageAccountName: storage.outputs.name
    applicationInsightsName: monitoring.outputs.applicationInsightsName
    objectIds: concat([identity.outputs.principalId], empty(fnoClientObjectId) ? [] : [fnoClientObjectId])
  }
}

module telemetryReaders 'modules/telemetry-reader.bicep' = [
  for id in telemetryWorkspaceIds: {
    name: 'telemetry-reader-${uniqueString(id)}'
    scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
    params: {
      workspaceName: last(split(id, '/'))
      objectIds: concat([identity.outputs.principalId], empty(fnoClientObjectId) ? [] : [fnoClientObjectId])
    }
  }
]

module functionApp 'modules/function-app.bicep' = {
  name: 'function-app'
  params: {
    name: 'func-batch-retry-${token}'
    location: location
    tags: tags
    identityName: identity.outputs.name
    storageAccountName: storage.outputs.name
    deploymentContainerName: storage.outputs.deploymentContainerName
    applicationInsightsName: monitoring.outputs.applicationInsightsName
    fnoOrgUrl: knownOrgUrl
    fnoEnvironments: fnoEnvironments
    appSettings: appSettings
    fnoClientId: fnoClientId
    fnoClientSecretUri: hasFnoClient ? keyVault.outputs.fnoClientSecretUri : ''
    alwaysReadyInstances: alwaysReadyInstances
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    subnetId: network.?outputs.appSubnetId ?? ''
    authClientId: authClientId
    allowedClientIds: allowedClientIds
  }
  dependsOn: [access]
}

@description('Name of the function app.')
output functionAppName string = functionApp.outputs.name

@description('Address of the webhook without its key.')
output webhookUrl string = 'https://${functionApp.outputs.hostName}/api/business-events'

@description('Client id to enter in F&O under Microsoft Entra ID applications.')
output fnoClientId string = hasFnoClient ? fnoClientId : identity.outputs.clientId

@description('Name of the key vault.')
output keyVaultName string = keyVault.outputs.name

@description('Name of the Application Insights resource.')
output applicationInsightsName string = monitoring.outputs.applicationInsightsName
