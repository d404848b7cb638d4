import { commandsIn, findKnown } from '../azure/doc-commands.ts';
import { docPages } from '../azure/doc-pages.ts';
import { type Checked, sources } from '../azure/known-commands.ts';
import { markdownTable } from './markdown-table.ts';

const words: Record<Checked, string> = {
  helped: 'options compared with `--help` of az 2.45; listed in',
  compared: 'options compared with',
  listed: 'written from',
};

/** The page that lists every command of a tool that the docs show, with how it was checked. */
export function commandsPage(read: (file: string) => string): string {
  const shown = new Map<string, { pages: Set<string>; checked: string }>();
  for (const command of docPages().flatMap((page) => commandsIn(page, read(page)))) {
    const entry = shown.get(command.text) ?? { pages: new Set(), checked: checkOf(command.words) };
    entry.pages.add(command.page);
    shown.set(command.text, entry);
  }
  const rows = [...shown]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([text, { pages, checked }]) => [
      `\`${text.replaceAll('|', '\\|')}\``,
      [...pages].map((page) => `[${page}](../../${page})`).join(', '),
      checked,
    ]);
  const legend = Object.entries(sources).map(([tool, { url, note }]) => `- ${tool}: [${note}](${url})`);
  return `# Every command that the docs show

Made by \`npm run generate\`. \`npm run check\` refuses a command or an option that is not known. None of these tools can
sign in where the checks run, so none of the commands was run against Azure or Power Platform. A test hands each command
that stands in a block to bash, and where PowerShell 7 is installed to that, too, and looks what the program gets. What is
said of cmd and Windows PowerShell 5 follows their documented rules. The commands of npm are run by CI: \`npm ci\`,
\`npm run check\`, \`npm run build\` and \`npm test\`; a test looks for all others among the scripts of package.json.

${legend.join('\n')}

${markdownTable(['Command', 'Where', 'Checked'], rows)}
`;
}

function checkOf(command: readonly string[]): string {
  const [, known] = findKnown(command) ?? [];
  const source = sources[command[0] ?? ''];
  return source ? `${words[known?.checked ?? source.checked]} ${source.note}` : 'not checked';
}
