import {
  answerSchema,
  definition,
  everyNode,
  findOperation,
  type Node,
  parametersOf,
  propertyAt,
} from '../swagger.ts';
import { checkExpressions, type Scope } from './check-expressions.ts';
import { branchesOf, callOf, type Flow, type Step, type Steps } from './flow.ts';
import { fieldsOf, type KnownOperation, microsoftOperations } from './microsoft-operations.ts';

const ours = 'shared_batchretry';

/** What is wrong with a flow: operations, parameters, steps or fields that do not exist. */
export function checkFlow(flow: Flow): string[] {
  const { definition: workflow, connectionReferences } = flow.properties;
  const [[triggerName, trigger] = ['', { type: 'none' }]] = Object.entries(workflow.triggers);
  const triggerCall = callOf(trigger);
  const scope: Scope = {
    parameters: Object.keys(workflow.parameters),
    trigger: triggerCall ? operationOf(flow, triggerCall.host).gives : {},
    given: new Map(),
    item: null,
  };
  return [
    ...Object.keys(workflow.triggers)
      .slice(1)
      .map((name) => `${name} is a second trigger`),
    ...checkCall(flow, triggerName, trigger, connectionReferences),
    ...checkExpressions(triggerName, trigger.inputs, scope).findings,
    ...checkSteps(flow, workflow.actions, scope),
  ];
}

/** Steps are looked at in the order in which they run: each sees what those before it, and around it, give. */
function checkSteps(flow: Flow, steps: Steps, scope: Scope): string[] {
  const findings: string[] = [];
  const done = new Map<string, Scope>();
  const open = new Map(Object.entries(steps));
  while (open.size > 0) {
    const next = [...open].find(([, { runAfter = {} }]) =>
      Object.keys(runAfter).every((name) => done.has(name)),
    );
    if (!next)
      return [...findings, `${[...open.keys()].join(', ')} run after steps that are not beside them`];
    const [name, step] = next;
    open.delete(name);
    const before = Object.keys(step.runAfter ?? {}).flatMap((earlier) => [
      ...(done.get(earlier)?.given ?? []),
    ]);
    const inner: Scope = { ...scope, given: new Map([...scope.given, ...before]) };
    const { findings: own, gives } = checkExpressions(name, withoutBranches(step), inner);
    findings.push(...own, ...checkCall(flow, name, step, flow.properties.connectionReferences));
    for (const branch of branchesOf(step)) findings.push(...checkSteps(flow, branch, inner));
    const call = callOf(step);
    const given = call ? operationOf(flow, call.host).gives : gives;
    done.set(name, { ...inner, given: new Map([...inner.given, [name, given]]) });
  }
  return findings;
}

function checkCall(
  flow: Flow,
  name: string,
  step: Step,
  references: Flow['properties']['connectionReferences'],
): string[] {
  const call = callOf(step);
  if (!call) return [];
  const { connectionName, apiId, operationId } = call.host;
  const api = references[connectionName]?.api.name;
  const operation = operationOf(flow, call.host);
  const isWebhook = step.type === 'OpenApiConnectionWebhook';
  const given = Object.keys(call.parameters);
  const isKnown = (key: string) =>
    operation.parameters.some((known) => key === known || (known.endsWith('/') && key.startsWith(known)));
  return [
    ...(apiId === `/providers/Microsoft.PowerApps/apis/${api}`
      ? []
      : [`${name} has no connection reference`]),
    ...(isWebhook === (operation.kind !== 'action') ? [] : [`${name}: ${operationId} is no ${step.type}`]),
    ...given.filter((key) => !isKnown(key)).map((key) => `${name}: ${operationId} has no parameter ${key}`),
    ...operation.required
      .filter((key) => !given.some((one) => one === key || key.startsWith(`${one}/`)))
      .map((key) => `${name}: ${operationId} needs ${key}`),
  ];
}

function operationOf(
  flow: Flow,
  { connectionName, operationId }: { connectionName: string; operationId: string },
) {
  if (connectionName === ours) return ourOperation(operationId);
  const known = microsoftOperations[connectionName]?.[operationId];
  if (!known) throw new Error(`${connectionName} has no operation ${operationId} that is known here`);
  const { properties = {} } = known.gives;
  if (operationId !== 'PostCardAndWaitForResponse') return known;
  return { ...known, gives: { ...known.gives, properties: { ...properties, data: dataOfButtons(flow) } } };
}

function ourOperation(operationId: string): KnownOperation {
  const { item, operation } = findOperation(definition, operationId);
  const inputs = parametersOf(definition, operation).flatMap(
    (parameter): { key: string; required: boolean }[] => {
      const { name = '', required, schema } = parameter;
      const body = schema ? propertyAt(definition, schema, []) : null;
      if (!body?.properties) return [{ key: name, required: required === true }];
      const needed = Array.isArray(body.required) ? body.required : [];
      return Object.entries(body.properties)
        .filter(([, property]) => property['x-ms-notification-url'] !== true)
        .map(([property]) => ({ key: `${name}/${property}`, required: needed.includes(property) }));
    },
  );
  const content = item['x-ms-notification-content']?.schema;
  return {
    kind: content ? 'trigger' : 'action',
    parameters: inputs.map(({ key }) => key),
    required: inputs.filter(({ required }) => required).map(({ key }) => key),
    gives: content ?? answerSchema(definition, operation) ?? {},
  };
}

/** A card's answer carries the data of the button that was pressed. */
function dataOfButtons(flow: Flow): Node {
  const names = everyNode(flow).flatMap(({ node }) =>
    'type' in node && node.type === 'Action.Submit' && 'data' in node ? Object.keys(Object(node.data)) : [],
  );
  return { type: 'object', properties: fieldsOf(names) };
}

function withoutBranches({
  actions: _actions,
  else: _else,
  cases: _cases,
  default: _default,
  ...step
}: Step): unknown {
  return step;
}
