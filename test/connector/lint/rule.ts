import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
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
  icon: { width: number; height: number; channels: number; corner: number[]; opaque: boolean };
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
  const { width, height, channels, data } = decode(readFileSync(join(folder, 'icon.png')));
  return {
    files: names.filter((name) => existsSync(join(folder, name))),
    definition: JSON.parse(definitionText),
    properties: JSON.parse(propertiesText),
    definitionText,
    propertiesText,
    icon: {
      width,
      height,
      channels,
      corner: Array.from(data.slice(0, 3)),
      opaque: channels === 3 || data.every((value, index) => index % 4 !== 3 || value === 255),
    },
  };
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
