import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import type { Definition } from '../swagger.ts';

type Properties = {
  properties: {
    iconBrandColor: string;
    connectionParameters: Record<string, ConnectionParameter>;
    connectionParameterSets?: { values: { name: string; parameters: Record<string, ConnectionParameter> }[] };
    policyTemplateInstances: { templateId: string; parameters: Record<string, string | string[]> }[];
  };
};

type ConnectionParameter = {
  type: string;
  uiDefinition?: { constraints?: { required?: string } };
  oAuthSettings?: { identityProvider: string };
};

/** The four files of a connector, read. */
export type Connector = {
  files: string[];
  definition: Definition;
  properties: Properties;
  definitionText: string;
  propertiesText: string;
  icon: { width: number; height: number; corner: number[]; opaque: boolean };
};

/** One sentence of what Microsoft asks of a connector. */
export type Rule = {
  sentence: string;
  /** What breaks it, each with its place. */
  check: (connector: Connector) => string[];
  /** Changes to the connector that each break it: a JSON pointer and the value that is set there; undefined deletes. */
  broken: [pointer: string, value: unknown][];
};

export function readConnector(folder: string): Connector {
  const names = ['apiDefinition.swagger.json', 'apiProperties.json', 'icon.png', 'README.md'];
  const definitionText = readFileSync(join(folder, 'apiDefinition.swagger.json'), 'utf8');
  const propertiesText = readFileSync(join(folder, 'apiProperties.json'), 'utf8');
  return {
    files: names.filter((name) => existsSync(join(folder, name))),
    definition: JSON.parse(definitionText),
    properties: JSON.parse(propertiesText),
    definitionText,
    propertiesText,
    icon: readIcon(readFileSync(join(folder, 'icon.png'))),
  };
}

/**
 * Reads a PNG that has no chunk between its header and its pixels: 8 bits a channel, red, green and blue.
 * @see https://www.w3.org/TR/png-3/#11IHDR
 */
function readIcon(png: Buffer): Connector['icon'] {
  const [depth, colourType] = [png.readUInt8(24), png.readUInt8(25)];
  if (depth !== 8 || colourType !== 2) return { ...sizeOf(png), corner: [], opaque: false };
  const pixels = inflateSync(png.subarray(41, 41 + png.readUInt32BE(33)));
  return { ...sizeOf(png), corner: [...pixels.subarray(1, 4)], opaque: true };
}

function sizeOf(png: Buffer): { width: number; height: number } {
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
}

/** The connector with one value changed. */
export function breakConnector(connector: Connector, pointer: string, value: unknown): Connector {
  const copy = structuredClone(connector);
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop() ?? '';
  let place: unknown = copy;
  for (const key of keys) place = Reflect.get(Object(place), key);
  if (typeof place !== 'object' || place === null) throw new Error(`${pointer} leads nowhere`);
  if (value === undefined) {
    if (!Reflect.has(place, last)) throw new Error(`${pointer} is not there to be deleted`);
    Reflect.deleteProperty(place, last);
  } else Reflect.set(place, last, value);
  return copy;
}

/** The finding if it does not hold. */
export function unless(holds: boolean, finding: string): string[] {
  return holds ? [] : [finding];
}
