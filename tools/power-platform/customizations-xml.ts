import type { ConnectionReference, EnvironmentVariable, FlowEntry } from './content.ts';
import { writeXml, type Xml } from './write-xml.ts';

/** What a solution changes: in the order of an export, most of it empty. */
export function customizationsXml(parts: {
  workflows?: Xml[];
  connectors?: Xml[];
  connectionReferences?: Xml[];
}): string {
  const { workflows = [], connectors = [], connectionReferences = [] } = parts;
  return writeXml({
    ImportExportXml: {
      '@xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
      Entities: '',
      Roles: '',
      Workflows: { Workflow: workflows },
      FieldSecurityProfiles: '',
      Templates: '',
      EntityMaps: '',
      EntityRelationships: '',
      OrganizationSettings: '',
      optionsets: '',
      CustomControls: '',
      EntityDataProviders: '',
      ...(connectors.length > 0 ? { Connectors: { Connector: connectors } } : {}),
      ...(connectionReferences.length > 0
        ? { connectionreferences: { connectionreference: connectionReferences } }
        : {}),
      Languages: { Language: '1033' },
    },
  });
}

/** A cloud flow (category 5), turned off: its connections are chosen first. */
export function workflowXml(flow: FlowEntry, path: string): Xml {
  return {
    '@WorkflowId': `{${flow.id}}`,
    '@Name': flow.name,
    JsonFileName: `/${path}`,
    Type: '1',
    Subprocess: '0',
    Category: '5',
    Mode: '0',
    Scope: '4',
    OnDemand: '0',
    TriggerOnCreate: '0',
    TriggerOnDelete: '0',
    AsyncAutodelete: '0',
    SyncWorkflowLogOnFailure: '0',
    StateCode: '0',
    StatusCode: '1',
    RunAs: '1',
    IsTransacted: '1',
    IntroducedVersion: '1.0.0.0',
    IsCustomizable: '1',
    BusinessProcessType: '0',
    IsCustomProcessingStepAllowedForOtherPublishers: '1',
    PrimaryEntity: 'none',
    LocalizedNames: { LocalizedName: { '@languagecode': '1033', '@description': flow.name } },
    Descriptions: { Description: { '@languagecode': '1033', '@description': flow.description } },
  };
}

/** A custom connector is linked by its id, since the name of its API differs from environment to environment. */
export function connectionReferenceXml({
  logicalName,
  displayName,
  api,
  connectorId,
}: ConnectionReference): Xml {
  return {
    '@connectionreferencelogicalname': logicalName,
    connectionreferencedisplayname: displayName,
    connectorid: `/providers/Microsoft.PowerApps/apis/${api}`,
    ...(connectorId === undefined ? {} : { customconnectorid: { connectorid: connectorId } }),
    iscustomizable: '1',
    promptingbehavior: '0',
    statecode: '0',
    statuscode: '1',
  };
}

/** A text (type 100000000), asked for at import if it has no default. */
export function environmentVariableXml(variable: EnvironmentVariable): string {
  const { schemaName, displayName, description, defaultValue } = variable;
  return writeXml({
    environmentvariabledefinition: {
      '@schemaname': schemaName,
      ...(defaultValue === undefined ? {} : { defaultvalue: defaultValue }),
      description: labelled(description),
      displayname: labelled(displayName),
      introducedversion: '1.0.0.0',
      iscustomizable: '1',
      isrequired: '0',
      secretstore: '0',
      type: '100000000',
    },
  });
}

function labelled(text: string): Xml {
  return { '@default': text, label: { '@description': text, '@languagecode': '1033' } };
}
