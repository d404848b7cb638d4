import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** Every page of the project. */
export function pagesOf(root: string): string[] {
  const all = globSync('{*.md,docs/**/*.md,connector/**/*.md}', { cwd: root });
  return all.toSorted();
}

/** Links that lead to no file, or to no heading of it: one line for each. */
export function brokenLinks(root: string, pages: readonly string[]): string[] {
  const anchors = new Map<string, Set<string>>();
  const anchorsOf = (file: string) => {
    const known = anchors.get(file) ?? anchorsIn(readFileSync(join(root, file), 'utf8'));
    anchors.set(file, known);
    return known;
  };
  return pages.flatMap((page) =>
    linksIn(readFileSync(join(root, page), 'utf8'))
      .filter((link) => {
        const [path = '', anchor] = link.split('#');
        const file = path === '' ? page : normalize(join(dirname(page), path));
        if (!existsSync(join(root, file))) return true;
        return anchor !== undefined && !anchorsOf(file).has(anchor);
      })
      .map((link) => `${page}: ${link} leads nowhere`),
  );
}

/** Targets of links and of link definitions, without those to the web. */
function linksIn(markdown: string): string[] {
  const targets = withoutCode(markdown).matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$/gm);
  return [...targets].map(([, inline, defined]) => inline ?? defined ?? '').filter((to) => !/^\w+:/.test(to));
}

/** As GitHub makes them: lower case, punctuation dropped, blanks to hyphens; a second one of a name gets -1. */
function anchorsIn(markdown: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutCode(markdown).matchAll(/^#{1,4} (.+)$/gm)) {
    const anchor = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-');
    let free = anchor;
    for (let number = 1; anchors.has(free); number += 1) free = `${anchor}-${number}`;
    anchors.add(free);
  }
  return anchors;
}

function withoutCode(markdown: string): string {
  return markdown.replaceAll(/^( *)```.*?^\1```$/gms, '');
}

/** The contents of the code blocks of a language. */
export function codeBlocks(markdown: string, language: string): string[] {
  return [...markdown.matchAll(/^( *)```(\w*)\n(.*?)^\1```$/gms)]
    .filter(([, , found]) => found === language)
    .map(([, , , content]) => content ?? '');
}
