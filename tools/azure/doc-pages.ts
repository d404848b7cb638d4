import { globSync } from 'node:fs';

/** Where the list of all commands is written: it is made of the other pages. */
const commandsPageFile = 'docs/develop/commands.md';

/** The pages that show commands. */
export function docPages(): string[] {
  const pages = ['README.md', 'CHANGELOG.md', 'connector/README.md', ...globSync('docs/**/*.md').toSorted()];
  return pages.filter((page) => page !== commandsPageFile);
}
