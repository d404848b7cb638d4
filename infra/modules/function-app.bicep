@description('Name of the function app. Part of its address, so it must be free in all of Azure.')
@maxLength(60)
param name string

@description('Azure region.')
param location string

@description('Tags.')
param tags object

@description('Name of the managed identity that the app runs as.')
param identityName string

@description('Name of the storage account of the Functions host and of the service.')
param storageAccountName string

@description('Name of the container that holds the deployed package.')
param deploymentContainerName string

@description('Name of the Application Insights resource.')
param applicationInsightsName string

@description('Address of the F&O environment. Empty if fnoEnvironments is given.')
param fnoOrgUrl string

@description('Several F&O environments instead of fnoOrgUrl.')
param fnoEnvironments object

@description('Further app settings by name.')
param appSettings object

@description('Client id of an app registration that signs in to F&O. Empty: the managed identity does.')
param fnoClientId string

@description('Address of the client secret in the key vault. Used only with fnoClientId.')
param fnoClientSecretUri string

@description('Instances that always run for the HTTP routes.')
param alwaysReadyInstances int

@description('Memory of an instance in MB.')
param instanceMemoryMB int

@description('How many instances may run at most, for each group of functions that scales alone.')
param maximumInstanceCount int

@description('Id of the subnet that the app goes into. Empty: none.')
param subnetId string

@description('Client id of an app registration that stands for this service. Empty: the function key is enough.')
param authClientId string

@description('Client ids of the applications that may call with a token, with commas between them.')
param allowedClientIds string

var callers = empty(allowedClientIds) ? [] : split(replace(allowedClientIds, ' ', ''), ',')

// Settings with two underscores belong to the Functions host; the service reads the account's name from them, too.
var hostSettings = {
  AzureWebJobsStorage__accountName: account.name
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identity.properties.clientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsights.properties.ConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.properties.clientId};Authorization=AAD'
}
var fnoSettings = empty(fnoEnvironments) ? { FNO_ORG_URL: fnoOrgUrl } : { FNO_ENVIRONMENTS: string(fnoEnvironments) }
var signInSettings = empty(fnoClientId)
  ? { AZURE_CLIENT_ID: identity.properties.clientId }
  : {
      AZURE_TENANT_ID: tenant().tenantId
      AZURE_CLIENT_ID: fnoClientId
      AZURE_CLIENT_SECRET: '@Microsoft.KeyVault(SecretUri=${fnoClientSecretUri})'
    }
var callerSettings = empty(authClientId) ? {} : { ALLOWED_CLIENT_IDS: join(callers, ',') }

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource account 'Microsoft.Storage/storageAccounts@2025-08-01' existing = {
  name: storageAccountName
}

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'batch-retry' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identity.id
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      runtime: { name: 'node', version: '24' }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${account.properties.primaryEndpoints.blob}${deploymentContainerName}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identity.id
          }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReadyInstances == 0 ? [] : [{ name: 'http', instanceCount: alwaysReadyInstances }]
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
    }
  }
}

resource settings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'appsettings'
  properties: union(appSettings, hostSettings, fnoSettings, signInSettings, callerSettings)
}

// Deployment by user name and password is off; azd, az and the pipelines sign in.
resource ftpPublishing 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

resource scmPublishing 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

// F&O sends no token, and Power Automate may send none when it ends a subscription. A path is exact, or ends in /*.
resource authentication 'Microsoft.Web/sites/config@2025-03-01' = if (!empty(authClientId)) {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: { enabled: true }
    globalValidation: {
      requireAuthentication: true
      unauthenticatedClientAction: 'Return401'
      excludedPaths: [
        '/api/business-events'
        '/api/business-events/*'
        '/api/health'
        '/api/ready'
        '/api/subscriptions/*'
      ]
    }
    httpSettings: { requireHttps: true }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: authClientId
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
        }
        validation: {
          allowedAudiences: [authClientId, 'api://${authClientId}']
          defaultAuthorizationPolicy: { allowedApplications: callers }
        }
      }
    }
    login: { tokenStore: { enabled: false } }
  }
  dependsOn: [settings]
}

@description('Name of the function app.')
output name string = app.name

@description('Host name of the function app.')
output hostName string = app.properties.defaultHostName
