import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleApp, type Bundled } from './build/bundle-app.ts';
import { type Component, isPermissive, licenceOf } from './build/licences.ts';

type Sbom = {
  metadata: { component: Component & { type: string } };
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
};

/**
 * Lists the packages that the deployed bundle holds: as CycloneDX (sbom/batch-retry.cdx.json) and as a table of
 * licences (sbom/licences.md). Exits with 1 if a licence is missing or not permissive.
 */
const folder = process.argv[2] ?? 'sbom';
const bundled = await bundledPackages();
const sbom = npmSbom();
const components = sbom.components.filter((component) => bundled.has(component['bom-ref']));
const missing = [...bundled].filter((ref) => !components.some((component) => component['bom-ref'] === ref));
if (missing.length > 0) throw new Error(`npm sbom does not know ${missing.join(', ')}`);

const root = sbom.metadata.component;
mkdirSync(folder, { recursive: true });
writeFileSync(
  join(folder, 'batch-retry.cdx.json'),
  `${JSON.stringify({ ...sbom, metadata: { ...sbom.metadata, component: { ...root, type: 'application', name: 'batch-retry' } }, components, dependencies: dependenciesOf(sbom, components) }, null, 2)}\n`,
);
writeFileSync(join(folder, 'licences.md'), licenceTable(components));
const refused = components.filter((component) => !isPermissive(licenceOf(component)));
for (const component of refused) {
  console.error(`${component['bom-ref']}: the licence is ${licenceOf(component) || 'not known'}`);
}
if (refused.length > 0) process.exitCode = 1;
console.log(
  `${folder}: ${components.length} packages, ${refused.length} with a licence that is not permissive`,
);

/** All of the lock file, because with --omit=dev npm also leaves out what development needs as well. */
function npmSbom(): Sbom {
  const json = execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
    stdio: ['ignore', 'pipe', 'ignore'],
    shell: process.platform === 'win32',
  });
  return JSON.parse(json);
}

/** `name@version` of each package that a file of the bundle comes from. */
async function bundledPackages(): Promise<Set<string>> {
  const outputs = Object.values(await bundleInPassing());
  const folders = outputs
    .flatMap(({ inputs }) => Object.keys(inputs))
    .flatMap((input) => {
      const [found] = /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(input) ?? [];
      return found === undefined ? [] : [found];
    });
  return new Set(
    [...new Set(folders)].map((path) => {
      const { name, version }: Component = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
      return `${name}@${version}`;
    }),
  );
}

async function bundleInPassing(): Promise<Bundled> {
  const outdir = mkdtempSync(join(tmpdir(), 'batch-retry-sbom-'));
  try {
    return await bundleApp(outdir);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function dependenciesOf(all: Sbom, kept: readonly Component[]): Sbom['dependencies'] {
  const refs = new Set([all.metadata.component['bom-ref'], ...kept.map((component) => component['bom-ref'])]);
  return all.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.has(other)) }));
}

function licenceTable(listed: readonly Component[]): string {
  const rows = listed
    .map((component) => `| ${component.name} | ${component.version} | ${licenceOf(component)} |`)
    .toSorted();
  return `# Packages in the bundle\n\n| Package | Version | Licence |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
}
