/** The line that a generated page begins with, below its heading. */
export function madeBy(source: string): string {
  return `Made by \`npm run generate\` from ${source}; do not edit it here.`;
}
