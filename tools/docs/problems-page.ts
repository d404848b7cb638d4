import { problemAdvice } from '../../src/http/problem-advice.ts';
import { problemDetails, problems } from '../../src/http/problem.ts';
import { madeBy } from './made-by.ts';

/** docs/reference/problems.md: every problem that an answer can be, as markdown. */
export function problemsPage(): string {
  const place = { pointer: '/JobId', message: 'is required' };
  const example = problemDetails('invalid-event', '/JobId is required.', [place]);
  return `# Problems

${madeBy('the problems in `src/http`')}

An answer that is an error is \`application/problem+json\` (RFC 9457). \`detail\` says what is wrong in this case, \`errors\`
where in the body. With 503 there is a \`Retry-After\`. An event that was answered with a problem may be sent again: what
was decided before is then a \`duplicate\`. An event that the service understands but does not want is no problem: it is
answered 200 with the decision \`ignored\`, because anything else fills F&O's error log.

\`\`\`json
${JSON.stringify(example, null, 2)}
\`\`\`

${Object.entries(problems)
  .map(([kind, { status, title }]) => section(kind, status, title))
  .join('\n\n')}
`;
}

function section(kind: string, status: number, title: string): string {
  const help = new Map(Object.entries(problemAdvice)).get(kind);
  if (!help) throw new Error(`The problem ${kind} has no advice.`);
  return `## ${kind}\n\nStatus ${status}: "${title}". ${help.when}\n\n**Do:** ${help.advice}`;
}
