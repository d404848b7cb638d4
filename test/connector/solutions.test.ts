import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { packSolutions } from '../../tools/power-platform/pack-solutions.ts';
import type { Flow } from './flows/flow.ts';
import { readXml, type XmlElement } from './read-xml.ts';
import { definition } from './swagger.ts';

const root = join(import.meta.dirname, '../..');
const names = ['BatchRetryConnector.zip', 'BatchRetryFlows.zip', 'BatchRetryPlainFlow.zip'];
const solutions = new Map<string, Map<string, Buffer>>();

beforeAll(async () => {
  for (const [name, bytes] of await packSolutions(root)) solutions.set(name, await unzip(bytes));
});

test('there is a solution for the connector and there are others for the flows', () => {
  expect([...solutions.keys()]).toEqual(names);
});

test('they are the same bytes each time', async () => {
  expect(await packSolutions(root)).toEqual(await packSolutions(root));
});

describe.each(names)('%s', (name) => {
  test('has the three files of every solution, and a content type for each kind of file', () => {
    const paths = [...filesOf(name).keys()];
    expect(paths).toEqual(
      expect.arrayContaining(['[Content_Types].xml', 'solution.xml', 'customizations.xml']),
    );
    const types = all(xmlOf(name, '[Content_Types].xml'), 'Default').map(
      ({ attributes }) => attributes['Extension'],
    );
    expect(new Set(types)).toEqual(new Set(paths.slice(1).map((path) => path.split('.').at(-1))));
  });

  test('has a version and a publisher, and is unmanaged', () => {
    const manifest = xmlOf(name, 'solution.xml');
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(textOf(manifest, 'UniqueName')).toBe(name.replace('.zip', ''));
    expect(textOf(manifest, 'Version')).toBe(`${version}.0`);
    expect(textOf(manifest, 'Managed')).toBe('0');
    expect(textOf(manifest, 'CustomizationPrefix')).toBe('brt');
  });

  test('lists each of its components as a root component, and no other', () => {
    const customizations = xmlOf(name, 'customizations.xml');
    const expected = [
      ...all(customizations, 'Workflow').map(({ attributes }) => `29 ${attributes['WorkflowId']}`),
      ...all(customizations, 'Connector').map(
        (one) => `372 {${textOf(one, 'connectorid')}} ${textOf(one, 'name')}`,
      ),
      ...variablesIn(name).map((schemaName) => `380 ${schemaName}`),
    ];
    const listed = all(xmlOf(name, 'solution.xml'), 'RootComponent').map(({ attributes }) =>
      [attributes['type'], attributes['id'], attributes['schemaName']].filter(Boolean).join(' '),
    );
    expect(listed.toSorted()).toEqual(expected.toSorted());
    expect(expected).not.toEqual([]);
  });

  test('refers to each file that it brings, and to no other', () => {
    const referred = all(xmlOf(name, 'customizations.xml'))
      .filter(({ text }) => text.startsWith('/Workflows/') || text.startsWith('/Connector/'))
      .map(({ text }) => text.slice(1));
    const brought = [...filesOf(name).keys()].filter((path) => /^(Workflows|Connector)\//.test(path));
    expect(brought.toSorted()).toEqual(referred.toSorted());
  });
});

test('the connector solution brings the very files of the connector', () => {
  const { properties } = JSON.parse(readFileSync(join(root, 'connector/apiProperties.json'), 'utf8'));
  expect(connectorJson('openapidefinition.json')).toEqual(definition);
  expect(connectorJson('connectionparameters.json')).toEqual(properties.connectionParameters);
  expect(connectorJson('connectionparametersets.json')).toEqual(properties.connectionParameterSets);
  expect(connectorJson('policytemplateinstances.json')).toEqual(properties.policyTemplateInstances);
  expect(connectorFile('iconblob.Png')).toEqual(readFileSync(join(root, 'connector/icon.png')));
  const described = xmlOf('BatchRetryConnector.zip', 'customizations.xml');
  expect(textOf(described, 'displayname')).toBe(definition.info.title);
  expect(textOf(described, 'iconbrandcolor')).toBe(properties.iconBrandColor);
});

describe.each(names.slice(1))('the flows of %s', (name) => {
  test('are named by their ids and are off until their connections are chosen', () => {
    for (const workflow of all(xmlOf(name, 'customizations.xml'), 'Workflow')) {
      const id = workflow.attributes['WorkflowId']?.slice(1, -1) ?? '';
      expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(textOf(workflow, 'JsonFileName')).toMatch(
        new RegExp(`^/Workflows/\\w+-${id.toUpperCase()}\\.json$`),
      );
      expect([textOf(workflow, 'Category'), textOf(workflow, 'StateCode')]).toEqual(['5', '0']);
    }
  });

  test('use each connection reference of the solution, for its connector, and no other', () => {
    const given = all(xmlOf(name, 'customizations.xml'), 'connectionreference').map((reference) => [
      reference.attributes['connectionreferencelogicalname'],
      textOf(reference, 'connectorid'),
    ]);
    const used = flowsIn(name).flatMap(({ properties }) =>
      Object.values(properties.connectionReferences).map(({ connection, api }) => [
        connection.connectionReferenceLogicalName,
        `/providers/Microsoft.PowerApps/apis/${api.name}`,
      ]),
    );
    expect(Object.fromEntries(given)).toEqual(Object.fromEntries(used));
  });

  test('use each environment variable of the solution, under its name, and no other', () => {
    const used = flowsIn(name).flatMap(({ properties }) =>
      Object.entries(properties.definition.parameters).flatMap(([parameter, { metadata }]) =>
        metadata ? [`${parameter} = ${metadata.schemaName}`] : [],
      ),
    );
    const given = variablesIn(name).map((schemaName) => {
      const variable = xmlOf(
        name,
        `environmentvariabledefinitions/${schemaName}/environmentvariabledefinition.xml`,
      );
      expect(variable.attributes['schemaname']).toBe(schemaName);
      const [displayName] = all(variable, 'displayname');
      return `${displayName?.attributes['default']} (${schemaName}) = ${schemaName}`;
    });
    expect(new Set(used)).toEqual(new Set(given));
  });
});

test('the reference to the connector is linked to the connector of the other solution by its id', () => {
  const connectorId = textOf(xmlOf('BatchRetryConnector.zip', 'customizations.xml'), 'connectorid');
  const linked = all(xmlOf('BatchRetryFlows.zip', 'customizations.xml'), 'customconnectorid');
  expect(linked.map((one) => textOf(one, 'connectorid'))).toEqual([connectorId]);
  expect(all(xmlOf('BatchRetryPlainFlow.zip', 'customizations.xml'), 'customconnectorid')).toEqual([]);
});

async function unzip(bytes: Uint8Array): Promise<Map<string, Buffer>> {
  const reader = new ZipReader(new Uint8ArrayReader(bytes));
  const entries = (await reader.getEntries()).flatMap((entry) => (entry.directory ? [] : [entry]));
  const files = await Promise.all(
    entries.map(async (entry): Promise<[string, Buffer]> => {
      return [entry.filename, Buffer.from(await entry.getData(new Uint8ArrayWriter()))];
    }),
  );
  return new Map(files);
}

function filesOf(name: string): Map<string, Buffer> {
  return solutions.get(name) ?? new Map();
}

function connectorFile(part: string): Buffer | undefined {
  return filesOf('BatchRetryConnector.zip').get(`Connector/brt_batchretry_${part}`);
}

function connectorJson(part: string): unknown {
  return JSON.parse(String(connectorFile(part)));
}

function xmlOf(name: string, path: string): XmlElement {
  return readXml(String(filesOf(name).get(path)));
}

function flowsIn(name: string): Flow[] {
  return [...filesOf(name)]
    .filter(([path]) => path.startsWith('Workflows/'))
    .map(([, text]) => JSON.parse(String(text)));
}

function variablesIn(name: string): string[] {
  return [...filesOf(name).keys()].flatMap((path) =>
    path.startsWith('environmentvariabledefinitions/') ? [path.split('/')[1] ?? ''] : [],
  );
}

/** The element and all inside it, those of a name if one is given. */
function all(element: XmlElement, name?: string): XmlElement[] {
  const inside = element.children.flatMap((child) => all(child, name));
  return name === undefined || element.name === name ? [element, ...inside] : inside;
}

function textOf(element: XmlElement, name: string): string {
  return all(element, name)[0]?.text ?? '';
}
