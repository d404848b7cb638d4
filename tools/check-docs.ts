import { docFigures } from './docs/doc-figures.ts';
import { brokenLinks, pagesOf } from './docs/markdown.ts';

/** Says which links lead nowhere, and how much there is to read; exits with 1 if something is wrong. */
const { line, problems } = docFigures('.');
const all = [...brokenLinks('.', pagesOf('.')), ...problems];
console.log(line);
for (const problem of all) console.error(problem);
process.exitCode = all.length > 0 ? 1 : 0;
