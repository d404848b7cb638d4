import { z } from 'zod';
import type { FnoClient } from './fno-client.ts';

const pageShape = z.looseObject({
  value: z.array(z.record(z.string(), z.unknown())),
  '@odata.nextLink': z.string().optional(),
});

/** The rows of a list, over all its pages. */
export async function listRows(client: FnoClient, path: string): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  let next: string | undefined = path;
  while (next !== undefined) {
    const page: z.infer<typeof pageShape> = pageShape.parse(await (await client.get(next)).json());
    rows.push(...page.value);
    next = page['@odata.nextLink'];
  }
  return rows;
}

export function filtered(set: string, filter: string, more = ''): string {
  return `/data/${set}?$filter=${encodeURIComponent(filter)}${more}`;
}
