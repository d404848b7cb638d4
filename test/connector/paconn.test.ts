import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandsIn } from '../../tools/azure/doc-commands.ts';

const folder = join(import.meta.dirname, '../../connector');
const creations = commandsIn('connector/README.md', read('README.md')).filter(({ text }) =>
  text.startsWith('paconn create '),
);

test('README.md shows how paconn creates a connector with each way to sign in', () => {
  expect(creations.map(({ words }) => words.includes('--secret'))).toEqual([false, true]);
});

describe.each(creations)('$text', ({ words }) => {
  const valueOf = (option: string) => words[words.indexOf(option) + 1] ?? '';

  test('is not refused for want of a secret, as it is with OAuth settings', () => {
    expect(needsSecret(valueOf('--api-prop'))).toBe(words.includes('--secret'));
  });

  test('names files that are there', () => {
    for (const option of ['--api-def', '--api-prop', '--icon']) {
      expect(() => read(valueOf(option))).not.toThrow();
    }
  });
});

test('the properties for the function key alone differ in the way to sign in only', () => {
  const { connectionParameterSets, ...others } = properties('apiProperties.json');
  expect(connectionParameterSets).toBeDefined();
  expect(properties('apiProperties.function-key.json')).toEqual(others);
});

/** As paconn looks: at the parameter `token`, alone and in each set. */
function needsSecret(file: string): boolean {
  const { connectionParameters, connectionParameterSets } = properties(file);
  const sets = connectionParameterSets?.values.map(({ parameters }) => parameters) ?? [];
  return [connectionParameters, ...sets].some(({ token }) => token?.oAuthSettings !== undefined);
}

type Parameters = Record<string, { oAuthSettings?: object }>;
type Properties = {
  connectionParameters: Parameters;
  connectionParameterSets?: { values: { parameters: Parameters }[] };
};

function properties(file: string): Properties {
  const { properties: found }: { properties: Properties } = JSON.parse(read(file));
  return found;
}

function read(file: string): string {
  return readFileSync(join(folder, file), 'utf8');
}
