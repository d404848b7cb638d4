import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  connectionReferences,
  connector,
  environmentVariables,
  type FlowEntry,
  flows,
  plainFlow,
} from './content.ts';
import {
  connectionReferenceXml,
  customizationsXml,
  environmentVariableXml,
  workflowXml,
} from './customizations-xml.ts';
import { type RootComponent, solutionXml } from './solution-xml.ts';
import { writeXml } from './write-xml.ts';
import { type Files, zipFiles } from './zip-files.ts';

/**
 * Packs the connector and the flows as solutions that Power Platform imports: file name → bytes, the same each
 * time. `root` is the project's folder. The layout is that of exported solutions, such as
 * https://github.com/microsoft/iom-provider-shopify (a connector) and
 * https://github.com/microsoft/coe-starter-kit (flows, unpacked).
 */
export async function packSolutions(root: string): Promise<Map<string, Uint8Array>> {
  const { version }: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const packed = [
    connectorSolution(root),
    flowSolution(root, flows, {
      uniqueName: 'BatchRetryFlows',
      displayName: 'Batch Retry flows',
      description: 'Flows that use the Batch Retry connector. Import the connector first.',
    }),
    flowSolution(root, [plainFlow], {
      uniqueName: 'BatchRetryPlainFlow',
      displayName: 'Batch Retry plain flow',
      description: 'One flow that needs no service and no connector.',
    }),
  ].map(async ({ names, components, files }): Promise<[string, Uint8Array]> => {
    const all = { 'solution.xml': solutionXml(names, `${version}.0`, components), ...files };
    return [`${names.uniqueName}.zip`, await zipFiles({ '[Content_Types].xml': contentTypes(all), ...all })];
  });
  return new Map(await Promise.all(packed));
}

type Names = { uniqueName: string; displayName: string; description: string };
type Solution = { names: Names; components: RootComponent[]; files: Files };

function connectorSolution(root: string): Solution {
  const read = (file: string) => readFileSync(join(root, 'connector', file));
  const definition = read('apiDefinition.swagger.json').toString();
  const { info }: { info: { title: string; description: string } } = JSON.parse(definition);
  const { properties }: { properties: Record<string, unknown> } = JSON.parse(
    read('apiProperties.json').toString(),
  );
  const parts = {
    openapidefinition: [connectorFile('openapidefinition.json'), definition],
    connectionparameters: [
      connectorFile('connectionparameters.json'),
      asJson(properties['connectionParameters']),
    ],
    connectionparametersets: [
      connectorFile('connectionparametersets.json'),
      asJson(properties['connectionParameterSets']),
    ],
    policytemplateinstances: [
      connectorFile('policytemplateinstances.json'),
      asJson(properties['policyTemplateInstances']),
    ],
    iconblob: [connectorFile('iconblob.Png'), read('icon.png')],
  } as const;
  const paths = Object.entries(parts).map(([name, [file]]) => [name, `/${file}`]);
  const described = {
    connectorid: connector.id,
    description: info.description,
    displayname: info.title,
    iconbrandcolor: String(properties['iconBrandColor']),
    name: connector.name,
    connectortype: '1',
    ...Object.fromEntries(paths),
  };
  return {
    names: {
      uniqueName: 'BatchRetryConnector',
      displayName: 'Batch Retry connector',
      description: info.description,
    },
    components: [{ type: '372', id: connector.id, schemaName: connector.name }],
    files: {
      'customizations.xml': customizationsXml({ connectors: [described] }),
      ...Object.fromEntries(Object.values(parts)),
    },
  };
}

function connectorFile(part: string): string {
  return `Connector/${connector.name}_${part}`;
}

function asJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function flowSolution(root: string, entries: readonly FlowEntry[], names: Names): Solution {
  const packed = entries.map((entry) => ({
    entry,
    path: `Workflows/${entry.name.replaceAll(/\W/g, '')}-${entry.id.toUpperCase()}.json`,
    text: readFileSync(join(root, `connector/flows/${entry.file}.json`), 'utf8'),
  }));
  const isUsed = (name: string) => packed.some(({ text }) => text.includes(`"${name}"`));
  const variables = environmentVariables.filter(({ schemaName }) => isUsed(schemaName));
  const references = connectionReferences.filter(({ logicalName }) => isUsed(logicalName));
  return {
    names,
    components: [
      ...entries.map(({ id }) => ({ type: '29' as const, id })),
      ...variables.map(({ schemaName }) => ({ type: '380' as const, schemaName })),
    ],
    files: {
      'customizations.xml': customizationsXml({
        workflows: packed.map(({ entry, path }) => workflowXml(entry, path)),
        connectionReferences: references.map(connectionReferenceXml),
      }),
      ...Object.fromEntries(packed.map(({ path, text }) => [path, text])),
      ...Object.fromEntries(
        variables.map((variable) => [
          `environmentvariabledefinitions/${variable.schemaName}/environmentvariabledefinition.xml`,
          environmentVariableXml(variable),
        ]),
      ),
    },
  };
}

function contentTypes(files: Files): string {
  const extensions = new Set(Object.keys(files).map((path) => path.slice(path.lastIndexOf('.') + 1)));
  return writeXml({
    Types: {
      '@xmlns': 'http://schemas.openxmlformats.org/package/2006/content-types',
      Default: [...extensions].map((extension) => ({
        '@Extension': extension,
        '@ContentType': 'application/octet-stream',
      })),
    },
  });
}
