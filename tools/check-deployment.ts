import { readFileSync } from 'node:fs';
import { deploymentProblems } from './azure/deployment-problems.ts';
import { docPages } from './azure/doc-pages.ts';

/** Says what would stop a deployment, without Azure; exits with 1 if something would. */
const problems = await deploymentProblems((file) => readFileSync(file, 'utf8'), docPages());
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
