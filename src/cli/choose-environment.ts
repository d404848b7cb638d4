import { type Environment, readEnvironments } from '../settings/environments.ts';
import { SettingsError } from '../settings/settings-error.ts';
import { InputError } from './input-error.ts';

type Settings = Readonly<Record<string, string | undefined>>;

/**
 * Finds the environment of that name, ignoring case; the only one if none is named. Throws a SettingsError or
 * InputError.
 */
export function chooseEnvironment(settings: Settings, name: string | undefined): Environment {
  const given = (setting: string) => settings[setting]?.trim() || undefined;
  const environments = readEnvironments(given('FNO_ORG_URL'), given('FNO_ENVIRONMENTS'));
  const [first, ...others] = environments;
  if (!first) {
    const expected = 'expected the address of F&O, such as https://contoso.operations.dynamics.com';
    throw new SettingsError([`FNO_ORG_URL: not set; ${expected}.`]);
  }
  const names = environments.map((environment) => environment.name).join(', ');
  if (name === undefined) {
    if (others.length === 0) return first;
    throw new InputError(`--environment: not given; expected one of ${names}.`);
  }
  const named = environments.find((environment) => environment.name.toLowerCase() === name.toLowerCase());
  if (!named) throw new InputError(`--environment: found ${JSON.stringify(name)}; expected one of ${names}.`);
  return named;
}
