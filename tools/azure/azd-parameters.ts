import type { TemplateParameter } from './bicep.ts';

export type Declared = Readonly<Record<string, TemplateParameter>>;
export type ParametersFile = { parameters: Readonly<Record<string, { value: unknown }>> };

export type Resolved = {
  /** What is handed to Azure. A parameter that is left out keeps its default. */
  values: Record<string, unknown>;
  /** What azd would ask for; with --no-prompt, what it stops at. */
  asked: string[];
  /** Why azd cannot read the file or hand a value on. */
  problems: string[];
};

const variable = /\$\{(\w+)(?:=([^}]*))?\}/g;

/** The variables that a value of the file is made of, such as AZURE_LOCATION in `${AZURE_LOCATION}`. */
export function variablesOf(value: unknown): string[] {
  return [...JSON.stringify(value).matchAll(variable)].map(([, name]) => name ?? '');
}

/**
 * Resolves main.parameters.json as azd 1.31 does. A parameter whose variables are all unset is left out; then its
 * default is taken, and only what has none is asked for. Text becomes a bool, a number, an object or an array where
 * the parameter has that type. Text within a string is not escaped.
 * @see https://github.com/Azure/azure-dev/blob/main/cli/azd/pkg/infra/provisioning/bicep/bicep_provider.go
 */
export function resolveParameters(
  { parameters }: ParametersFile,
  declared: Declared,
  environment: Readonly<Record<string, string>>,
): Resolved {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, { value }] of Object.entries(parameters)) {
    const parameter = declared[name];
    if (!parameter) {
      problems.push(`${name}: main.bicep has no such parameter`);
      continue;
    }
    const given = typeof value === 'string' ? substitute(value, environment) : value;
    if (given === null || (given === '' && parameter.type.toLowerCase().endsWith('string'))) continue;
    const converted = typeof given === 'string' ? convert(given, parameter.type.toLowerCase()) : given;
    if (converted === undefined)
      problems.push(`${name}: found ${JSON.stringify(given)}, which is no ${parameter.type}`);
    else values[name] = converted;
  }
  const asked = Object.entries(declared)
    .filter(([name, { defaultValue, nullable }]) => {
      const isNeeded = defaultValue === undefined && nullable !== true;
      return isNeeded && !(name in values);
    })
    .map(([name]) => name);
  return { values, asked, problems };
}

/** Null if the value needs variables and none of them is set. */
function substitute(value: string, environment: Readonly<Record<string, string>>): string | null {
  const used = [...value.matchAll(variable)];
  const isUnset = used.every(([, name = '', fallback]) => environment[name] === undefined && !fallback);
  if (used.length > 0 && isUnset) return null;
  return value.replaceAll(variable, (_, name: string, fallback = '') => environment[name] || fallback);
}

/** Undefined for what is not of the type. */
function convert(text: string, type: string): unknown {
  if (type === 'string' || type === 'securestring') return /["\\\n]/.test(text) ? undefined : text;
  const value = parse(text);
  if (type === 'int') return Number.isInteger(value) ? value : undefined;
  if (type === 'bool') return typeof value === 'boolean' ? value : undefined;
  if (type === 'array') return Array.isArray(value) ? value : undefined;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
