import type { ConnectionReference, EnvironmentVariable, FlowEntry } from './content.ts';
import { element, type Xml, xmlDocument } from './xml.ts';

/** What a solution changes: in the order of an export, most of it empty. */
export function customizationsXml(parts: {
  workflows?: Xml[];
  connectors?: Xml[];
  connectionReferences?: Xml[];
}): string {
  const { workflows = [], connectors = [], connectionReferences = [] } = parts;
  return xmlDocument(
    element(
      'ImportExportXml',
      { 'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance' },
      ...empty('Entities', 'Roles'),
      element('Workflows', {}, ...workflows),
      ...empty(
        'FieldSecurityProfiles',
        'Templates',
        'EntityMaps',
        'EntityRelationships',
        'OrganizationSettings',
      ),
      ...empty('optionsets', 'CustomControls', 'EntityDataProviders'),
      ...(connectors.length > 0 ? [element('Connectors', {}, ...connectors)] : []),
      ...(connectionReferences.length > 0
        ? [element('connectionreferences', {}, ...connectionReferences)]
        : []),
      element('Languages', {}, element('Language', {}, '1033')),
    ),
  );
}

/** A cloud flow (category 5), turned off: its connections are chosen first. */
export function workflowXml(flow: FlowEntry, path: string): Xml {
  const values = {
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
  };
  return element(
    'Workflow',
    { WorkflowId: `{${flow.id}}`, Name: flow.name },
    ...textElements(values),
    element('LocalizedNames', {}, element('LocalizedName', { languagecode: '1033', description: flow.name })),
    element(
      'Descriptions',
      {},
      element('Description', { languagecode: '1033', description: flow.description }),
    ),
  );
}

export function connectorXml(values: Record<string, string>): Xml {
  return element('Connector', {}, ...textElements(values));
}

/** A custom connector is linked by its id, since the name of its API differs from environment to environment. */
export function connectionReferenceXml({
  logicalName,
  displayName,
  api,
  connectorId,
}: ConnectionReference): Xml {
  return element(
    'connectionreference',
    { connectionreferencelogicalname: logicalName },
    element('connectionreferencedisplayname', {}, displayName),
    element('connectorid', {}, `/providers/Microsoft.PowerApps/apis/${api}`),
    ...(connectorId === undefined
      ? []
      : [element('customconnectorid', {}, element('connectorid', {}, connectorId))]),
    ...textElements({ iscustomizable: '1', promptingbehavior: '0', statecode: '0', statuscode: '1' }),
  );
}

/** A text (type 100000000), asked for at import if it has no default. */
export function environmentVariableXml(variable: EnvironmentVariable): string {
  const { schemaName, displayName, description, defaultValue } = variable;
  return xmlDocument(
    element(
      'environmentvariabledefinition',
      { schemaname: schemaName },
      ...(defaultValue === undefined ? [] : textElements({ defaultvalue: defaultValue })),
      labelled('description', description),
      labelled('displayname', displayName),
      ...textElements({
        introducedversion: '1.0.0.0',
        iscustomizable: '1',
        isrequired: '0',
        secretstore: '0',
        type: '100000000',
      }),
    ),
  );
}

function empty(...names: string[]): Xml[] {
  return names.map((name) => element(name, {}));
}

function labelled(name: string, text: string): Xml {
  return element(name, { default: text }, element('label', { description: text, languagecode: '1033' }));
}

function textElements(values: Record<string, string>): Xml[] {
  return Object.entries(values).map(([name, value]) => element(name, {}, value));
}
