import { evaluate, findBicep, noBicep, type Evaluated, type Resource } from '../../tools/azure/bicep.ts';

/** The path of the compiler; empty where there is none, and tests are skipped. */
export const bicep = findBicep() ?? '';
if (bicep === '') console.warn(noBicep);

const common = { environmentName: 'test', location: 'westeurope' };

/** What no output and no setting may show. */
export const secrets = {
  fnoClientSecret: 'hunter2-client-secret',
  alertWebhookUrl: 'https://hooks.contoso.com/hunter2',
};

export const people = {
  fnoClientObjectId: '44444444-4444-4444-4444-444444444444',
  fnoVaultReaderObjectId: '66666666-6666-6666-6666-666666666666',
  vaultOfficerObjectId: '77777777-7777-7777-7777-777777777777',
};

const workspaces = 'providers/Microsoft.OperationalInsights/workspaces';

/** Workspaces of other subscriptions and groups. */
export const telemetry = {
  here: `/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-fno/${workspaces}/log-fno`,
  elsewhere: `/subscriptions/22222222-2222-2222-2222-222222222222/resourcegroups/rg-uat/${workspaces}/log-uat`,
};

const contoso = { fnoOrgUrl: 'https://contoso.operations.dynamics.com' };
const several = {
  fnoEnvironments: {
    prod: { orgUrl: 'https://contoso.operations.dynamics.com' },
    uat: { orgUrl: 'https://contoso-uat.sandbox.operations.dynamics.com' },
  },
};

const given = {
  smallest: contoso,
  several,
  private: { ...contoso, privateNetwork: true },
  fullest: {
    ...several,
    ...people,
    ...secrets,
    fnoTelemetryWorkspaceIds: `${telemetry.here}, ${telemetry.elsewhere}`,
    appSettings: { REQUEUES_PER_MINUTE: '30' },
    fnoClientId: '33333333-3333-3333-3333-333333333333',
    alwaysReadyInstances: 0,
    alertEmails: 'one@contoso.com, two@contoso.com',
    privateNetwork: true,
    authClientId: '55555555-5555-5555-5555-555555555555',
    allowedClientIds: '88888888-8888-8888-8888-888888888888, 99999999-9999-9999-9999-999999999999',
  },
};

export type DeploymentName = keyof typeof given;

const evaluated = new Map<DeploymentName, Evaluated>();

/** The deployment with these parameters, worked out once. Throws what the compiler says against it. */
export function deployment(name: DeploymentName): Evaluated {
  const known = evaluated.get(name) ?? evaluate(bicep, { ...common, ...given[name] });
  if (known.error !== null) throw new Error(known.error);
  evaluated.set(name, known);
  return known;
}

/** A deployment that names no F&O. */
export function withoutFno(): Evaluated {
  return evaluate(bicep, common);
}

export function resourcesOf(name: DeploymentName, type: string): Resource[] {
  return deployment(name).resources.filter((resource) => resource.type === type);
}

export function namesOf(name: DeploymentName, type: string): string[] {
  return resourcesOf(name, type).map((resource) => resource.name.split('/').at(-1) ?? '');
}

/** The one resource of a type whose name ends so. */
export function theOne(name: DeploymentName, type: string, end = ''): Record<string, unknown> {
  const [resource, other] = resourcesOf(name, type).filter((one) => one.name.endsWith(end));
  if (!resource || other) throw new Error(`${name} has no one ${type} …${end}`);
  return resource.properties ?? {};
}

export function appSettings(name: DeploymentName): Record<string, string> {
  const settings = Object.entries(theOne(name, 'Microsoft.Web/sites/config', '/appsettings'));
  return Object.fromEntries(settings.map(([setting, value]) => [setting, String(value)]));
}
