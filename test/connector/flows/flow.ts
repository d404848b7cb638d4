import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A step of a flow, as far as the tests look at it. */
export type Step = {
  type: string;
  runAfter?: Record<string, string[]>;
  inputs?: unknown;
  actions?: Steps;
  else?: { actions: Steps };
  cases?: Record<string, { actions: Steps }>;
  default?: { actions: Steps };
};

export type Steps = Record<string, Step>;

export type Flow = {
  properties: {
    connectionReferences: Record<
      string,
      { connection: { connectionReferenceLogicalName: string }; api: { name: string } }
    >;
    definition: {
      $schema: string;
      contentVersion: string;
      parameters: Record<string, { type: string; metadata?: { schemaName: string } }>;
      triggers: Steps;
      actions: Steps;
    };
  };
  schemaVersion: string;
};

/** What a step that calls a connector says in `inputs`. */
export type Call = {
  host: { connectionName: string; operationId: string; apiId: string };
  parameters: Record<string, unknown>;
};

export const flowsFolder = join(import.meta.dirname, '../../../connector/flows');

export function readFlow(file: string): Flow {
  return JSON.parse(readFileSync(join(flowsFolder, file), 'utf8'));
}

export function callOf(step: Step): Call | null {
  if (!step.type.startsWith('OpenApiConnection')) return null;
  const inputs: unknown = step.inputs;
  return isCall(inputs) ? inputs : null;
}

function isCall(inputs: unknown): inputs is Call {
  return typeof inputs === 'object' && inputs !== null && 'host' in inputs && 'parameters' in inputs;
}

/** The steps that stand inside a step, by branch. */
export function branchesOf(step: Step): Steps[] {
  return [
    step.actions,
    step.else?.actions,
    ...Object.values(step.cases ?? {}).map(({ actions }) => actions),
    step.default?.actions,
  ].filter((branch) => branch !== undefined);
}
