import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packSolutions } from './power-platform/pack-solutions.ts';

/** Makes dist-solutions/: the connector and the flows, ready to be imported into Power Platform. */
const folder = 'dist-solutions';
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const [name, bytes] of await packSolutions('.')) {
  writeFileSync(join(folder, name), bytes);
  console.log(`${folder}/${name}: ${Math.ceil(bytes.length / 1024)} KiB`);
}
