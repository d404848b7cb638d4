import { join } from 'node:path';
import { circles } from './house/circles.ts';
import { readSources, type Source } from './house/read-sources.ts';
import { refusedWords } from './house/refused-words.ts';
import { rooms, wallProblems } from './house/rooms.ts';

const root = join(import.meta.dirname, '..');
const sources = readSources(join(root, 'src'));
const problems = wallProblems(sources);
const inCircles = circles(sources);
const words = refusedWords(root);
for (const problem of [...problems, ...words]) console.error(problem);
for (const circle of inCircles) console.error(`A circle of imports: ${circle.join(', ')}`);
console.log(
  `${Object.keys(rooms).length} rooms, ${problems.length} arrows up, ${inCircles.length} circles, ${words.length} words refused; ${sizes(sources)}`,
);
process.exitCode = problems.length + inCircles.length + words.length > 0 ? 1 : 0;

function sizes(sources: readonly Source[]): string {
  const files = sources.toSorted((one, other) => one.lines - other.lines);
  const [median, longest] = [files[Math.floor(files.length / 2)], files.at(-1)];
  const functions = sources.flatMap(({ path, functions }) => functions.map((one) => ({ path, ...one })));
  const longestFunction = functions.toSorted((one, other) => other.lines - one.lines)[0];
  return [
    `${files.length} files, median ${median?.lines} lines`,
    `longest ${longest?.lines} (${longest?.path})`,
    `longest function ${longestFunction?.lines} (${longestFunction?.path}:${longestFunction?.line})`,
  ].join(', ');
}
