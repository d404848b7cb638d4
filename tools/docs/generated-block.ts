/** A part of a page that is made by the generator; the rest of the page is written by hand. */
export type Block = { page: string; name: string; content: string };

const end = '<!-- end -->';

/** The page with its block made anew. */
export function withBlock(text: string, { page, name, content }: Block): string {
  const start = `<!-- made by npm run generate: ${name} -->`;
  const [before, rest, ...more] = text.split(start);
  const [, ...after] = (rest ?? '').split(end);
  if (before === undefined || after.length === 0 || more.length > 0) {
    throw new Error(`${page} must have the block "${start} … ${end}" once.`);
  }
  return `${before}${start}\n\n${content}\n\n${end}${after.join(end)}`;
}

/** The page without its blocks: what is written by hand. */
export function withoutBlocks(text: string): string {
  return text.replaceAll(/<!-- made by npm run generate: [^>]*-->.*?<!-- end -->/gs, '');
}
