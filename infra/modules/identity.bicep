@description('Name of the managed identity.')
param name string

@description('Azure region.')
param location string

@description('Tags.')
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

@description('Name of the managed identity.')
output name string = identity.name

@description('Object id, to which roles are given.')
output principalId string = identity.properties.principalId

@description('Client id, by which F&O knows it.')
output clientId string = identity.properties.clientId
