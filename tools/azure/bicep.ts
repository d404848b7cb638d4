import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join, relative, resolve } from 'node:path';

/** A resource as the deployment would make it. What only Azure knows stays an expression: `[reference(…)…]`. */
export type Resource = {
  id: string;
  type: string;
  name: string;
  apiVersion: string;
  tags?: Record<string, string>;
  sku?: { name: string };
  properties?: Record<string, unknown>;
};

/** `error` is what the compiler said; null if the deployment could be evaluated. */
export type Evaluated = { resources: Resource[]; outputs: Record<string, unknown>; error: string | null };

/** The part of an ARM template that Bicep compiles to. */
export type Template = {
  parameters?: Record<string, TemplateParameter>;
  resources: Record<string, TemplateResource>;
};
export type TemplateParameter = {
  type: string;
  nullable?: boolean;
  defaultValue?: unknown;
  metadata?: { description?: string };
};
type TemplateResource = { type: string; properties?: { template?: Template } };

/**
 * The path of the Bicep compiler: BICEP, then PATH, then where az and azd keep theirs; null if there is none.
 * Throws if BICEP names no file.
 */
export function findBicep(environment: NodeJS.ProcessEnv = process.env): string | null {
  const named = environment['BICEP'];
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new Error(`BICEP names ${named}, which is not there.`);
  }
  const file = process.platform === 'win32' ? 'bicep.exe' : 'bicep';
  const home = environment['HOME'] ?? homedir();
  const folders = [
    ...(environment['PATH'] ?? '').split(delimiter),
    join(home, '.azure', 'bin'),
    join(home, '.azd', 'bin'),
  ];
  return folders.map((folder) => join(folder, file)).find((path) => existsSync(path)) ?? null;
}

export const noBicep =
  'No Bicep compiler: infra/ is not judged. Set BICEP to its path, or install it with `az bicep install`.';

/** Runs the compiler, also where ICU is not installed. */
export function runBicep(bicep: string, ...args: string[]): { ok: boolean; stdout: string; stderr: string } {
  const env = { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1' };
  const { status, stdout, stderr } = spawnSync(bicep, args, {
    encoding: 'utf8',
    env,
    maxBuffer: 64 * 1024 * 1024,
  });
  return { ok: status === 0, stdout, stderr };
}

/** Compiles a file. Throws what the compiler says against it. */
export function compile(bicep: string, file: string): Template {
  const { ok, stdout, stderr } = runBicep(bicep, 'build', file, '--stdout');
  if (!ok) throw new Error(stderr);
  const template: Template = JSON.parse(stdout);
  return template;
}

/** Works out a whole deployment of infra/main.bicep without Azure, from values of its parameters. */
export function evaluate(bicep: string, parameters: Readonly<Record<string, unknown>>): Evaluated {
  const folder = mkdtempSync(join(tmpdir(), 'batch-retry-bicep-'));
  try {
    const file = join(folder, 'given.bicepparam');
    writeFileSync(file, parametersFile(relative(folder, resolve('infra/main.bicep')), parameters));
    const ids = [
      '--subscription-id',
      '11111111-1111-1111-1111-111111111111',
      '--tenant-id',
      '22222222-2222-2222-2222-222222222222',
    ];
    const { ok, stdout, stderr } = runBicep(bicep, 'snapshot', file, '--mode', 'overwrite', ...ids);
    if (!ok) return { resources: [], outputs: {}, error: `${stdout}${stderr}` };
    const snapshot: Snapshot = JSON.parse(readFileSync(join(folder, 'given.snapshot.json'), 'utf8'));
    const { predictedResources, outputs, diagnostics } = snapshot;
    const error = diagnostics.length === 0 ? null : JSON.stringify(diagnostics);
    return { resources: predictedResources, outputs, error };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Snapshot = {
  predictedResources: Resource[];
  outputs: Record<string, unknown>;
  diagnostics: unknown[];
};

/** The compiler takes relative paths only, with slashes. */
function parametersFile(template: string, parameters: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(parameters).map(
    ([name, value]) => `param ${name} = json('${escape(JSON.stringify(value))}')`,
  );
  return [`using '${template.replaceAll('\\', '/')}'`, ...lines, ''].join('\n');
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('${', '\\${');
}
