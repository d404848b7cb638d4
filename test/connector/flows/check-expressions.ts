import { definition, type Node, propertyAt } from '../swagger.ts';
import { type Expression, expressionsIn } from './expression.ts';

/** What an expression can refer to. */
export type Scope = {
  parameters: string[];
  trigger: Node;
  /** What the steps give that have run. */
  given: ReadonlyMap<string, Node>;
  /** What `item()` is, inside a step that goes through a list. */
  item: Node | null;
};

const plainFunctions = [
  'coalesce',
  'contains',
  'createArray',
  'equals',
  'formatDateTime',
  'if',
  'json',
  'length',
  'max',
  'or',
  'string',
  'sub',
];
const listFunctions = ['skip'];

/** Something whose fields are not known. */
const anything: Node = {};

/** Checks every expression in a step, and tells what the step gives if it is one that changes data. */
export function checkExpressions(
  name: string,
  step: unknown,
  scope: Scope,
): { findings: string[]; gives: Node } {
  const findings: string[] = [];
  const note = (finding: string) => void findings.push(`${name}: ${finding}`);
  const { type, inputs } = asDataStep(step);
  if (!['Query', 'Select', 'Table'].includes(type)) {
    checkTexts(step, scope, note);
    return { findings, gives: type === 'ParseJson' ? asSchema(inputs['schema']) : anything };
  }
  const { from, ...others } = inputs;
  const list = checkTexts(from, scope, note);
  const item = list.items ?? anything;
  checkTexts(others, { ...scope, item }, note);
  const gives = type === 'Query' ? list : type === 'Select' ? selected(inputs['select']) : anything;
  return { findings, gives };
}

function asDataStep(step: unknown): { type: string; inputs: Record<string, unknown> } {
  const { type, inputs }: { type?: unknown; inputs?: unknown } = Object(step);
  return { type: String(type), inputs: typeof inputs === 'object' && inputs !== null ? { ...inputs } : {} };
}

function asSchema(value: unknown): Node {
  return typeof value === 'object' && value !== null ? value : anything;
}

function selected(select: unknown): Node {
  const properties = Object.fromEntries(Object.keys(Object(select)).map((name) => [name, anything]));
  return { type: 'array', items: { type: 'object', properties } };
}

/** Checks the expressions in a value; what it is, if the value is one expression. */
function checkTexts(value: unknown, scope: Scope, note: (finding: string) => void): Node {
  if (typeof value === 'string') {
    const shapes = readExpressions(value, note).map((expression) => shapeOf(expression, scope, note));
    return shapes[0] ?? anything;
  }
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) checkTexts(inner, scope, note);
  }
  return anything;
}

function readExpressions(text: string, note: (finding: string) => void): Expression[] {
  try {
    return expressionsIn(text);
  } catch (error) {
    note(String(error));
    return [];
  }
}

function shapeOf(expression: Expression, scope: Scope, note: (finding: string) => void): Node {
  if (expression.kind === 'literal') return anything;
  if (expression.kind === 'access') {
    const of = shapeOf(expression.of, scope, note);
    const key = expression.key.kind === 'literal' ? expression.key.value : null;
    if (key === null) shapeOf(expression.key, scope, note);
    return typeof key === 'string' ? fieldOf(of, key, note) : (of.items ?? anything);
  }
  const { name, args } = expression;
  const shapes = args.map((arg) => shapeOf(arg, scope, note));
  const [first] = args;
  const named = first?.kind === 'literal' ? String(first.value) : '';
  if (name === 'triggerBody') return scope.trigger;
  if (name === 'item' && scope.item) return scope.item;
  if (name === 'parameters') {
    if (named !== '$authentication' && !scope.parameters.includes(named))
      note(`there is no parameter ${named}`);
    return anything;
  }
  if (name === 'body' || name === 'outputs') {
    const given = scope.given.get(named);
    if (!given) note(`no step ${named} has run`);
    return given ?? anything;
  }
  if (listFunctions.includes(name)) return shapes[0] ?? anything;
  if (!plainFunctions.includes(name)) note(`${name} is no function that is known here`);
  return anything;
}

function fieldOf(of: Node, key: string, note: (finding: string) => void): Node {
  if (of.$ref === undefined && of.properties === undefined) return anything;
  const field = propertyAt(definition, of, [key]);
  if (!field) note(`there is no field ${key}`);
  return field ?? anything;
}
