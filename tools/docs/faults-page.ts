import { readRows, requestRows } from '../../test/hosts/fault-table.ts';
import { callsInWords } from './fno-calls.ts';
import { markdownTable } from './markdown-table.ts';

const head = ['', 'Answer', 'Budget', 'F&O got', 'Again after', 'F&O gets', 'Comes to', 'Budget'];

/** docs/fno-faults.md: what is done about each fault of F&O, as markdown. */
export function faultsPage(): string {
  return `# What F&O can answer

What the service does about each. Made by \`npm run generate\` from
[test/hosts/fault-table.ts](../test/hosts/fault-table.ts); tests play each row on both hosts. What to do about it:
[failure-modes.md](failure-modes.md#what-fo-can-answer).

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
