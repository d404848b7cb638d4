import {
  deferralMeanings,
  failureMeanings,
  operatorMeanings,
  phaseMeanings,
  runMeanings,
} from '../../src/domain/job/meanings.ts';
import { announcementMeanings } from '../../src/ports/announcement-meanings.ts';
import { madeBy } from './made-by.ts';
import { markdownTable } from './markdown-table.ts';

const notFinal = ['scheduled', 'deferred'];

/** docs/reference/outcomes.md: what the words mean that answers and history have, as markdown. */
export function outcomesPage(): string {
  return `# Decisions, outcomes, states

${madeBy('the meanings beside the unions in `src/domain/job` and `src/ports`')}

## Decisions

What was decided about a failure. All are final except ${notFinal.map(code).join(' and ')}.

${table('Decision', failureMeanings)}

## Outcomes of a run

What a requeue came to.

${table('Outcome', runMeanings)}

## By hand

What a person asked for; \`by\` says who, as far as App Service authentication knows.

${table('Action', operatorMeanings)}

## States of a job

\`state\` is \`requesting\` while a request is under way or its fate is not known, otherwise the latest decision or outcome,
and \`idle\` before there is one. The phase below it is what the service does about the job in F&O, exactly one thing:

${table('Phase', phaseMeanings)}

## Why a failure is deferred

The \`cause\` in [telemetry](telemetry.md).

${table('Cause', deferralMeanings)}

## Announcements

What a person must look at: a line \`ATTENTION\` in the log of the local host, or a warning on Azure. If the process dies
before it can record that it has announced something, the next one announces it once more, with the same
\`notificationId\`.

${markdownTable(
  ['Kind', 'When', 'How often'],
  Object.entries(announcementMeanings).map(([kind, { when, howOften }]) => [code(kind), when, howOften]),
)}
`;
}

function table(head: string, meanings: Readonly<Record<string, string>>): string {
  return markdownTable(
    [head, 'Meaning'],
    Object.entries(meanings).map(([word, meaning]) => [code(word), meaning]),
  );
}

function code(text: string): string {
  return `\`${text}\``;
}
