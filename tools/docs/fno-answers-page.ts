import { readRows, requestRows } from '../../test/hosts/fault-table.ts';
import { callsInWords } from './fno-calls.ts';
import { madeBy } from './made-by.ts';
import { markdownTable } from './markdown-table.ts';

const head = ['', 'Answer', 'Budget', 'F&O got', 'Again after', 'F&O gets', 'Comes to', 'Budget'];

/** docs/reference/fno-answers.md: what is done about each answer of F&O, as markdown. */
export function fnoAnswersPage(): string {
  return `# What F&O can answer

${madeBy('the table of faults that tests play on both hosts')}

What the service does about each answer, and about none. In short: what F&O certainly did not do is tried again later;
where F&O may have acted (502 and 504 to a request, a timeout, a cut answer), [the job is read first](what-still-stands.md#a-request-whose-fate-is-unknown).
What you should do: [troubleshooting](../operate/troubleshooting.md#a-failure-is-deferred).

Left: what the event is answered, how many retries are used then, and what F&O got. Right: after how long the
service does something next, with F&O well again, what F&O gets then, what this comes to, and how many retries are
used. Where a wait has a random part, the table shows its middle. The job is one without recurrence; "acted on"
means that F&O set the job to waiting although its answer was lost.

## To the request

${markdownTable(head, requestRows.map(cellsOf))}

After \`requeued\`, "again" is the first look at how the run goes. After \`refused\`, it is the first look whether a
person has acted.

## To the read before it

F&O has done nothing then: no fault of a read costs budget.

${markdownTable(head, readRows.map(cellsOf))}
`;
}

function cellsOf(cells: readonly string[]): string[] {
  const [what = '', answer = '', used = '', got = '', , next = '', gets = '', outcome = '', usedThen = ''] =
    cells;
  return [what, answer, used, callsInWords(got), `${next} s`, callsInWords(gets), outcome, usedThen];
}
