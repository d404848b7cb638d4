import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export const workflowFile = '.github/workflows/azure-dev.yml';

type Workflow = {
  permissions: object;
  jobs: Record<string, { permissions?: object; env?: Record<string, string>; steps: { uses?: string }[] }>;
};

export function readWorkflow(): Workflow {
  return parse(readFileSync(workflowFile, 'utf8'));
}
