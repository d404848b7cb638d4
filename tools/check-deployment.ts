import { globSync, readFileSync } from 'node:fs';
import { deploymentProblems } from './azure/deployment-problems.ts';

/** Says what would stop a deployment, without Azure; exits with 1 if something would. */
const pages = ['README.md', 'CHANGELOG.md', 'connector/README.md', ...globSync('docs/**/*.md')];
const problems = await deploymentProblems((file) => readFileSync(file, 'utf8'), pages);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
