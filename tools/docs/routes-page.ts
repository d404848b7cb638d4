import { problems } from '../../src/http/problem.ts';
import type { Route } from '../../src/http/route.ts';
import { problemsOf } from '../../src/http/route.ts';
import { routes } from '../../src/http/routes.ts';
import {
  answersOf,
  definition,
  type FoundOperation,
  type Node,
  operationsOf,
  parametersOf,
} from '../../test/connector/swagger.ts';
import { madeBy } from './made-by.ts';
import { markdownTable } from './markdown-table.ts';
import { routeExamples } from './route-examples.ts';

const notification = 'Notification';
const ofAnyRoute = ['internal-error', 'misconfigured'];

/** docs/reference/routes.md: every route, and the objects that it takes and gives, as markdown. */
export async function routesPage(): Promise<string> {
  return `# Routes

${madeBy("the routes in `src/http` and the connector's definition, to which tests hold the answers")}

All routes are under \`/api\`. Answers are JSON, ids are text, times are ISO 8601 in UTC. Errors are [problems](problems.md).

- **Key.** Unless a route says otherwise it needs the function key, in the header \`x-functions-key\` or as \`?code=…\`. Two [settings](settings.md) can ask for a signed-in caller as well.
- **Environment.** Wherever a job is meant, \`?environment=<name>\` chooses the environment. Without it the only one is meant, or the default one. For events: [which environment](../operate/connect.md#what-the-service-reads-in-an-event).
- **Pages.** \`?limit=\` is the size of a page. If there is more, the answer has \`nextLink\`: the address of the next page, without the key.
- **By hand.** Routes that change a job take a \`reason\`. The header \`x-ms-client-request-id\` names a request: a second one of that name does nothing, so it can be sent again when its answer was lost.
- **Any route** may answer 500 [internal-error](problems.md#internal-error), and on Azure 503 [misconfigured](problems.md#misconfigured).

${routes.map(section).join('\n\n')}

## Examples

${await routeExamples()}

## Objects

${Object.keys(definition.definitions).flatMap(object).join('\n\n')}
`;
}

function section(route: Route): string {
  const { method, path, auth, summary } = route;
  const operation = operationFor(route);
  return [
    `## \`${method} /${path}\``,
    `${summary}.${auth === 'anonymous' ? ' Needs no key.' : ''}`,
    ...(operation ? input(operation) : []),
    statuses(route, operation),
  ].join('\n\n');
}

/** The operation of the connector that calls the route, if one does. */
function operationFor({ method, path }: Route): FoundOperation | undefined {
  const pattern = new RegExp(`^/${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
  const all = operationsOf(definition).filter((found) => found.method === method.toLowerCase());
  return all.find((found) => found.path === `/${path}`) ?? all.find((found) => pattern.test(found.path));
}

function input({ operation }: FoundOperation): string[] {
  const rows = parametersOf(definition, operation)
    .filter((parameter) => parameter.in !== 'path' && parameter.name !== 'environment')
    .flatMap((parameter) =>
      parameter.in === 'body'
        ? [['body', typeOf(parameter.schema ?? {}), parameter.description ?? '']]
        : [[`\`${parameter.name}\` (${parameter.in})`, typeOf(parameter), parameter.description ?? '']],
    );
  return rows.length === 0 ? [] : [markdownTable(['Takes', 'Type', 'What'], rows)];
}

function statuses(route: Route, found: FoundOperation | undefined): string {
  const schema =
    found && [...answersOf(definition, found.operation).values()].find((answer) => answer.schema);
  const gives = schema?.schema ? `: ${typeOf(schema.schema)}` : '';
  const good = Object.entries(route.answers).map(([status, when]) => `- **${status}** ${when}${gives}`);
  const bad = Map.groupBy(
    problemsOf(route).filter((kind) => !ofAnyRoute.includes(kind)),
    (kind) => problems[kind].status,
  );
  const listed = [...bad]
    .toSorted(([one], [other]) => one - other)
    .map(
      ([status, kinds]) => `${status} ${kinds.map((kind) => `[${kind}](problems.md#${kind})`).join(', ')}`,
    );
  return [...good, ...(listed.length > 0 ? [`- Problems: ${listed.join('; ')}`] : [])].join('\n');
}

/** A table of an object's fields; nothing for one without any. */
function object(name: string): string[] {
  const { description, properties } = definition.definitions[name] ?? {};
  if (!properties) return [];
  const intro =
    name === notification ? ['What subscribers get. At least once, with one `notificationId`.'] : [];
  const rows = Object.entries(properties).map(([field, node]) => [
    `\`${field}\``,
    `${typeOf(node)}${node['x-nullable'] ? ' or null' : ''}`,
    node.description ?? '',
  ]);
  return [
    `### ${name}`,
    ...(description ? [description] : intro),
    markdownTable(['Field', 'Type', 'What'], rows),
  ];
}

function typeOf(node: Node): string {
  const name = node.$ref?.split('/').at(-1);
  if (name !== undefined) {
    return definition.definitions[name]?.properties ? `[${name}](#${name.toLowerCase()})` : name;
  }
  if (node.items) return `list of ${typeOf(node.items)}`;
  return node.format === 'date-time' ? 'time' : (node.type ?? 'any');
}
