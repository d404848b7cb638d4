import * as z from 'zod';
import { policyDefaults, policyDocument } from '../../src/settings/policy-document.ts';
import { markdownTable } from './markdown-table.ts';

type Schema = { description?: string; properties?: Record<string, Schema>; items?: Schema };

/** The keys of a policy, with what they mean and what holds without them. */
export function policyKeys(): string {
  const { properties = {} }: Schema = JSON.parse(
    JSON.stringify(z.toJSONSchema(policyDocument, { io: 'input' })),
  );
  const { defaults, jobs } = properties;
  const ofEntry = jobs?.items?.properties ?? {};
  const rows = [
    ...rowsOf(properties, () => 'top'),
    ...rowsOf(ofEntry, (key) => (key in (defaults?.properties ?? {}) ? 'entry, `defaults`' : 'entry')),
    ...rowsOf(ofEntry['match']?.properties ?? {}, () => '`match`'),
  ];
  return markdownTable(['Key', 'Where', 'Meaning', 'Without it'], rows);
}

function rowsOf(properties: Record<string, Schema>, where: (key: string) => string): string[][] {
  const defaults = new Map<string, unknown>(Object.entries(policyDefaults));
  return Object.entries(properties).map(([key, { description = '' }]) => [
    `\`${key}\``,
    where(key),
    description,
    defaults.has(key) ? `\`${JSON.stringify(defaults.get(key))}\`` : '–',
  ]);
}
