import { parseArgs } from 'node:util';

export type Options = {
  /** The paths to measure; null for all. */
  only: readonly string[] | null;
  rounds: number;
  /** How long each round measures a contender. */
  seconds: number;
  /** A commit whose code is measured, too. */
  against: string | null;
};

export type ParsedOptions =
  { kind: 'options'; options: Options } | { kind: 'help' } | { kind: 'wrong'; message: string };

export const defaults = { rounds: 4, seconds: 2 };

/** Reads the command line. `paths` are the names that `--only` may give. */
export function parseOptions(args: readonly string[], paths: readonly string[]): ParsedOptions {
  const parsed = readArguments(args);
  if (typeof parsed === 'string') return { kind: 'wrong', message: parsed };
  const { help, rounds, seconds, only, against } = parsed;
  if (help) return { kind: 'help' };
  const names = only?.split(',').map((name) => name.trim()) ?? null;
  const unknown = names?.find((name) => !paths.includes(name));
  if (unknown !== undefined) {
    return wrong(`--only ${unknown}: expected some of ${paths.join(', ')}, with commas between them`);
  }
  if (!isWhole(rounds, 30)) return wrong(`--rounds ${rounds}: expected a whole number from 1 to 30`);
  if (!isWhole(seconds, 60)) return wrong(`--seconds ${seconds}: expected a whole number from 1 to 60`);
  return {
    kind: 'options',
    options: { only: names, rounds: Number(rounds), seconds: Number(seconds), against: against ?? null },
  };
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', default: false },
        rounds: { type: 'string', default: String(defaults.rounds) },
        seconds: { type: 'string', default: String(defaults.seconds) },
        only: { type: 'string' },
        against: { type: 'string' },
      },
    }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function wrong(message: string): ParsedOptions {
  return { kind: 'wrong', message };
}

function isWhole(text: string, max: number): boolean {
  return /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= max;
}
