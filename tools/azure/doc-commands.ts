import { type KnownCommand, knownCommands } from './known-commands.ts';

/** A command as a page shows it, and its words without quotes. */
export type DocCommand = { page: string; text: string; words: string[]; isInProse: boolean };

const tools = /^(az|azd|pac|paconn|pip|func) /;

/** Every command of a tool that a page shows: in a block, within a line, or inside another command. */
export function commandsIn(page: string, markdown: string): DocCommand[] {
  const blocks = [...markdown.matchAll(/^( *)```\w*\n(.*?)^\1```$/gms)].map(([, , content]) => content ?? '');
  const prose = markdown.replaceAll(/^( *)```.*?^\1```$/gms, '');
  const inline = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code ?? '');
  const toCommands = (lines: readonly string[], isInProse: boolean) =>
    lines
      .flatMap(partsOf)
      .filter((text) => tools.test(text))
      .map((text) => ({ page, text, words: wordsOf(text), isInProse }));
  return [
    ...toCommands(
      blocks.flatMap((block) => block.split('\n')),
      false,
    ),
    ...toCommands(inline, true),
  ];
}

/** What the tool would not take, or a shell would tear apart. One line for each problem. */
export function commandProblems(
  { page, text, words, isInProse }: DocCommand,
  variables: readonly string[],
): string[] {
  const say = (problem: string) => `${page}, ${text}: ${problem}`;
  const [name, known] = findKnown(words) ?? [];
  if (name === undefined || known === undefined) return [say('is not in the list of known commands')];
  const given = words.slice(name.split(' ').length);
  // A sentence may name a command without what it takes.
  if (isInProse && given.length === 0) return [];
  const options = given.filter((word) => /^--?[a-z]/.test(word));
  const unknown = options.filter((option) => !known.options.includes(option));
  return [
    ...unknown.map((option) => say(`${option} is not known`)),
    ...(options.length > 0 || takes(known, given.length) ? [] : [say('takes other arguments')]),
    ...(/[^&]&[^&]/.test(text) ? [say('has an &, at which cmd and some wrappers cut it')] : []),
    ...(name === 'azd env set' || name === 'azd env set-secret'
      ? unusedVariable(given, variables).map(say)
      : []),
  ];
}

function unusedVariable([name = '']: readonly string[], variables: readonly string[]): string[] {
  const isPlace = name.startsWith('<');
  return isPlace || variables.includes(name) ? [] : [`infra/main.parameters.json asks for no ${name}`];
}

function takes({ least = 0, most = least }: KnownCommand, count: number): boolean {
  return count >= least && count <= most;
}

export function findKnown(words: readonly string[]): [string, KnownCommand] | undefined {
  return Object.entries(knownCommands).findLast(([name]) => {
    const parts = name.split(' ');
    return parts.every((part, index) => words[index] === part);
  });
}

/** Commands that are joined by &&, and those within $(…). */
function partsOf(line: string): string[] {
  const inner = [...line.matchAll(/\$\(([^)]+)\)/g)].map(([, command]) => command ?? '');
  const outer = line.replaceAll(/\$\([^)]+\)/g, '<value>');
  return [...outer.split('&&'), ...inner].map((part) => part.trim());
}

/** A placeholder such as <client ID> is one word, and so is what stands in quotes. */
function wordsOf(command: string): string[] {
  const words = command.matchAll(/"((?:\\"|[^"])*)"|'([^']*)'|((?:<[^>]*>|[^\s"'<])+)/g);
  return [...words].map(([, double, single, plain]) => double ?? single ?? plain ?? '');
}
