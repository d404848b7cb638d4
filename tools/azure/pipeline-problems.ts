import * as z from 'zod';

/**
 * The part of an Azure DevOps pipeline that this project uses, and nothing else: a key that is misspelt is found.
 * @see https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/
 */
const step = z.union([
  z.strictObject({ script: z.string(), displayName: z.string() }),
  z.strictObject({ publish: z.string(), artifact: z.string() }),
  z.strictObject({
    task: z.literal('UseNode@1'),
    inputs: z.strictObject({ version: z.string().regex(/^\d+\.x$/) }),
  }),
  z.strictObject({
    task: z.literal('ArchiveFiles@2'),
    inputs: z.strictObject({
      rootFolderOrFile: z.string(),
      includeRootFolder: z.boolean(),
      archiveFile: z.string(),
    }),
  }),
  z.strictObject({
    task: z.literal('AzureCLI@2'),
    inputs: z.strictObject({
      azureSubscription: z.string(),
      scriptType: z.enum(['bash', 'pscore', 'batch', 'ps']),
      scriptLocation: z.literal('inlineScript'),
      inlineScript: z.string(),
    }),
  }),
]);

const steps = z.array(step).min(1);
const branches = z.strictObject({ branches: z.strictObject({ include: z.array(z.string()) }) });
const job = z.union([
  z.strictObject({ job: z.string(), timeoutInMinutes: z.number().int().positive(), steps }),
  z.strictObject({
    deployment: z.string(),
    environment: z.string(),
    strategy: z.strictObject({ runOnce: z.strictObject({ deploy: z.strictObject({ steps }) }) }),
  }),
]);

const pipeline = z.strictObject({
  trigger: branches,
  pr: branches,
  pool: z.strictObject({ vmImage: z.string() }),
  stages: z.array(
    z.strictObject({
      stage: z.string(),
      dependsOn: z.string().optional(),
      condition: z.string().optional(),
      jobs: z.array(job).min(1),
    }),
  ),
});

/** One line for each problem. */
export function pipelineProblems(yaml: unknown): string[] {
  const parsed = pipeline.safeParse(yaml);
  if (!parsed.success) return [z.prettifyError(parsed.error)];
  const names = parsed.data.stages.map(({ stage }) => stage);
  return parsed.data.stages.flatMap(({ stage, dependsOn }) =>
    dependsOn === undefined || names.includes(dependsOn)
      ? []
      : [`stage ${stage} depends on ${dependsOn}, which is not there`],
  );
}
