targetScope = 'subscription'

@description('Name of this installation, such as prod or test. azd takes the name of its environment.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Azure region of the resource group and of everything in it. Flex Consumption must be offered there.')
@metadata({ azd: { type: 'location' } })
param location string

@description('Name of the resource group. It is made if it is not there.')
@maxLength(90)
param resourceGroupName string = 'rg-batch-retry-${environmentName}'

@description('Address of the F&O environment, such as https://contoso.operations.dynamics.com. This or fnoEnvironments must be given.')
param fnoOrgUrl string = ''

@description('Several F&O environments instead of fnoOrgUrl, by name: {"prod":{"orgUrl":"https://…"}}. An event that names none of them is refused, unless one has "default": true.')
param fnoEnvironments object = {}

@description('Any other setting of the service, as {"REQUEUES_PER_MINUTE":"30"}. A deployment replaces settings that were made in the portal.')
param appSettings object = {}

@description('Client id of an app registration that signs in to F&O. Without it the managed identity does, and no secret is needed.')
param fnoClientId string = ''

@description('Object id of the service principal (enterprise application) of fnoClientId. It gets the same roles as the managed identity, because the service signs in everywhere as one.')
param fnoClientObjectId string = ''

@description('Client secret of fnoClientId. It is kept in the key vault.')
@secure()
param fnoClientSecret string = ''

@description('Object id of the application with which F&O reads the address of the webhook from the key vault. Without it nobody but the deployer and the service may read the vault.')
param fnoVaultReaderObjectId string = ''

@description('Object id of who may store secrets in the key vault, such as the address of the webhook. azd takes who deploys.')
param vaultOfficerObjectId string = ''

@description('Resource ids of the Log Analytics workspaces with the telemetry of F&O, with commas between them: the service may then read there why runs failed. Who deploys must be allowed to give roles on them.')
param fnoTelemetryWorkspaceIds string = ''

@description('Instances that always run for the HTTP routes. With 0 the first event after a pause meets a cold start.')
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

@description('HTTPS address that alerts are posted to (common alert schema), such as a flow with the trigger "When an HTTP request is received".')
@secure()
param alertWebhookUrl string = ''

@description('Puts the app into a virtual network and closes the storage account to the internet. The routes stay public, because F&O calls them.')
param privateNetwork bool = false

@description('Client id of an app registration that stands for this service. With it, all routes but the webhook, health and subscriptions also ask for a token of Microsoft Entra ID. Without it the function key is enough.')
param authClientId string = ''

@description('Client ids of the applications that may call with a token, such as the one of the connector, with commas between them. Used only with authClientId.')
param allowedClientIds string = ''

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: resourceGroupName
  location: location
  tags: { 'azd-env-name': environmentName }
}

module service 'service.bicep' = {
  name: 'batch-retry'
  scope: group
  params: {
    environmentName: environmentName
    location: location
    fnoOrgUrl: fnoOrgUrl
    fnoEnvironments: fnoEnvironments
    appSettings: appSettings
    fnoClientId: fnoClientId
    fnoClientObjectId: fnoClientObjectId
    fnoClientSecret: fnoClientSecret
    fnoVaultReaderObjectId: fnoVaultReaderObjectId
    vaultOfficerObjectId: vaultOfficerObjectId
    fnoTelemetryWorkspaceIds: fnoTelemetryWorkspaceIds
    alwaysReadyInstances: alwaysReadyInstances
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alertEmails: alertEmails
    alertWebhookUrl: alertWebhookUrl
    privateNetwork: privateNetwork
    authClientId: authClientId
    allowedClientIds: allowedClientIds
  }
}

@description('The resource group that holds everything.')
output AZURE_RESOURCE_GROUP string = group.name

@description('Name of the function app.')
output FUNCTION_APP_NAME string = service.outputs.functionAppName

@description('Address of the webhook without its key. Add ?code=<key>; docs/operate/deploy.md tells how to get the key.')
output WEBHOOK_URL string = service.outputs.webhookUrl

@description('Client id to enter in F&O under Microsoft Entra ID applications.')
output FNO_CLIENT_ID string = service.outputs.fnoClientId

@description('Name of the key vault that is meant for the address of the webhook.')
output KEY_VAULT_NAME string = service.outputs.keyVaultName

@description('Name of the Application Insights resource with the workbook.')
output APPLICATION_INSIGHTS_NAME string = service.outputs.applicationInsightsName
