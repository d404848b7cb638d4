import { at, type BicepFile, everyNode, propertiesOf, type Resource, textOf, valueAt } from './bicep-file.ts';
import { lookedUpOn, newestApiVersions, requiredValues, roles } from './known-azure.ts';
import type { Bicep } from './reference-rules.ts';

/** API versions that are none, previews, unknown, or older than three years though there is a newer one. */
export function outdatedApiVersions(files: Bicep): string[] {
  const oldest = `${Number(lookedUpOn.slice(0, 4)) - 3}${lookedUpOn.slice(4)}`;
  return eachResource(files, ({ type, apiVersion }) => {
    const newest = newestApiVersions[type];
    if (newest === undefined) return [`${type} is not in the table of known types`];
    if (!/^\d{4}-\d{2}-\d{2}$/.test(apiVersion)) return [`${type}@${apiVersion} is not a stable API version`];
    if (apiVersion > newest) return [`${type}@${apiVersion} is newer than the newest that is known`];
    return apiVersion === newest || apiVersion > oldest ? [] : [`${type}@${apiVersion} is old`];
  });
}

/** Roles that are unknown or named as another, given for more than one resource, or under a name that can clash. */
export function doubtfulRoleAssignments(files: Bicep): string[] {
  return eachResource(files, (resource, file) => {
    if (resource.type !== 'Microsoft.Authorization/roleAssignments') return [];
    const [, variable = ''] =
      /^subscriptionResourceId\('Microsoft\.Authorization\/roleDefinitions', (\w+)\)$/.exec(
        textOf(valueAt(resource.body, 'properties.roleDefinitionId')),
      ) ?? [];
    const id = textOf(file.variables.find(({ name }) => name === variable)?.value);
    const scope = textOf(valueAt(resource.body, 'scope'));
    const principal = textOf(valueAt(resource.body, 'properties.principalId'));
    const expected = `guid(${scope}.id, ${principal}, ${variable})`;
    return [
      ...(roles[id] === undefined ? [`${id || 'what is given'} is no known role`] : []),
      ...(camelCase(roles[id] ?? '') === variable ? [] : [`${variable} is ${roles[id] ?? 'nothing'}`]),
      ...(file.resources.some(({ name }) => name === scope) ? [] : ['the role has no resource as its scope']),
      ...(textOf(valueAt(resource.body, 'name')) === expected ? [] : [`the name is not ${expected}`]),
    ];
  });
}

/** Resources that do not say what is required of their type: no keys, no public data, TLS 1.2. */
export function unsafeResources(files: Bicep): string[] {
  return eachResource(files, ({ type, isExisting, body }) =>
    Object.entries(isExisting ? {} : (requiredValues[type] ?? {}))
      .filter(([path, expected]) => !expected.test(textOf(valueAt(body, path))))
      .map(([path, expected]) => `${path} is ${textOf(valueAt(body, path)) || 'not set'}, not ${expected}`),
  );
}

/** Keys that are listed, secrets in outputs, and secrets that some parameter would show. */
export function shownSecrets(files: Bicep): string[] {
  return [...files.values()].flatMap((file) => {
    const secure = new Set(file.parameters.filter(isSecure).map(({ name }) => name));
    const listed = file.calls.filter(({ text }) => /^(\w+\.)?list\w*\(/i.test(text));
    const openParameters = file.parameters.filter(
      (parameter) => /secret$|webhookUrl$/i.test(parameter.name) && !isSecure(parameter),
    );
    const outputs = file.outputs.filter(({ node }) => everyNode(node).some(({ text }) => secure.has(text)));
    const handedOn = file.modules.filter(({ path, body }) => {
      const target = [...files.values()].find((other) => other.path.endsWith(path));
      const open = target?.parameters.filter((parameter) => !isSecure(parameter)).map(({ name }) => name);
      return [...propertiesOf(valueAt(body, 'params'))].some(
        ([name, value]) => secure.has(value.text) && open?.includes(name),
      );
    });
    return [
      ...listed.map((node) => `${at(file.path, node)}: keys are listed`),
      ...openParameters.map(({ name, node }) => `${at(file.path, node)}: ${name} is not @secure`),
      ...outputs.map(({ name, node }) => `${at(file.path, node)}: the output ${name} holds a secret`),
      ...handedOn.map(({ name, node }) => `${at(file.path, node)}: ${name} is handed a secret in the open`),
    ];
  });
}

function isSecure({ decorators }: { decorators: readonly string[] }): boolean {
  return decorators.includes('secure');
}

function eachResource(files: Bicep, find: (resource: Resource, file: BicepFile) => string[]): string[] {
  return [...files.values()].flatMap((file) =>
    file.resources.flatMap((resource) =>
      find(resource, file).map((finding) => `${at(file.path, resource.node)}: ${finding}`),
    ),
  );
}

function camelCase(words: string): string {
  return words.replaceAll(' ', '').replace(/^./, (first) => first.toLowerCase());
}
