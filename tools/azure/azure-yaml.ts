import * as z from 'zod';

/**
 * azure.yaml as azd 1.31 reads it: its schema, without what this project has no use for, and its rules on
 * languages and on remote build.
 * @see https://github.com/Azure/azure-dev/blob/main/schemas/v1.0/azure.yaml.json
 */
const azureYaml = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*[a-z0-9]$/),
  infra: z.strictObject({
    provider: z.literal('bicep'),
    path: z.string().min(1),
    module: z.string().min(1),
  }),
  services: z.record(z.string(), service()),
  pipeline: z.strictObject({
    variables: z.array(z.string()).default([]),
    secrets: z.array(z.string()).default([]),
  }),
});

type AzureYaml = z.infer<typeof azureYaml>;

/** What azd finds in the folder of a service. */
export type ServiceFolder = {
  /** Null if there is no file of the name. */
  funcignore: string | null;
  scripts: Readonly<Record<string, string>>;
};

export type ReadAzureYaml = { document: AzureYaml | null; problems: string[] };

export function readAzureYaml(yaml: unknown, folder: ServiceFolder): ReadAzureYaml {
  const parsed = azureYaml.safeParse(yaml);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `azure.yaml, ${path.join('.')}: ${message}`,
    );
    return { document: null, problems };
  }
  const problems = Object.entries(parsed.data.services).flatMap(([name, given]) =>
    serviceProblems(given, folder).map((problem) => `azure.yaml, services.${name}: ${problem}`),
  );
  return { document: parsed.data, problems };
}

function service() {
  return z.strictObject({
    project: z.string().min(1),
    host: z.literal('function'),
    // Those that are no alpha feature; azd stops at every command for one that is, such as custom.
    language: z.enum(['js', 'ts', 'py', 'csharp', 'java', 'go', 'docker']),
    dist: z.string().min(1),
    remoteBuild: z.boolean().optional(),
  });
}

function serviceProblems(
  { language, remoteBuild }: AzureYaml['services'][string],
  { funcignore, scripts }: ServiceFolder,
): string[] {
  if (language !== 'js' && language !== 'ts') return [`${language} is not what package.json is built for`];
  const problems = scripts['build'] === undefined ? ['azd runs `npm run build`, which is not there'] : [];
  const isExcluded = funcignore === null ? null : excludesPackages(funcignore);
  if (remoteBuild === undefined && isExcluded !== false) problems.push('azd builds once more on Azure');
  if (remoteBuild === true && isExcluded === false) {
    problems.push('remoteBuild: true needs a .funcignore that leaves node_modules out');
  }
  if (remoteBuild === false && isExcluded === true) {
    problems.push('remoteBuild: false needs a .funcignore that does not leave node_modules out');
  }
  return problems;
}

/** Whether an ignore file, which is read as a .gitignore, leaves node_modules out. The last line that fits decides. */
function excludesPackages(text: string): boolean {
  const last = text
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => /^!?(\*|(\*\*\/|\/)?node_modules\/?(\*\*?)?)$/.test(line));
  return last !== undefined && !last.startsWith('!');
}
