import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { Results } from '../results.ts';
import { resultsPage } from './results-page.ts';
import { resultsPicture } from './results-picture.ts';

/** Gives the page; writes it to a folder with the results themselves and the picture, if one is named. */
export async function writeReport(results: Results, folder: string | null): Promise<string> {
  const config = await resolveConfig('package.json');
  const page = await format(resultsPage(results), { ...config, parser: 'markdown' });
  if (folder === null) return page;
  const json = await format(JSON.stringify(results, rounded), { ...config, parser: 'json' });
  writeFileSync(join(folder, 'results.json'), json);
  writeFileSync(join(folder, 'results.md'), page);
  writeFileSync(join(folder, 'results.svg'), `${resultsPicture(results)}\n`);
  return page;
}

/** More digits would only make the file longer. */
function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}
