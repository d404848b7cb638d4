import type { RunWindow } from '../../domain/cause/run-window.ts';
import type { JobId } from '../../domain/job-id.ts';
import type { TaskTimes } from '../../domain/watch/end-by-tasks.ts';
import { columnsOf, instantOf, type Table } from './columns.ts';
import { eventTables, type Names, rowsOf, unionOf } from './tables.ts';

/** How many tasks an answer tells of. Those that failed come first. */
export const maxTasks = 1000;

/**
 * When each batch task of a job last started, failed and finished in this time: a row for each task, however often it
 * ran. F&O spells the properties' names in different cases, so all is compared in lower case.
 */
export function taskQuery(jobId: JobId, window: RunWindow): string {
  const lines = [
    unionOf(eventTables.map((names) => `${rowsOf(names, jobId, window)} | ${columns(names)}`)),
    `where tostring(Bag.batchjobid) == "${jobId}"`,
    'extend Task = coalesce(tostring(Bag.batchtaskid), tostring(Bag.batchjobtaskid))',
    `summarize ${lastOf('Started', 'BatchTaskStart')}, ${lastOf('Failed', 'BatchTaskFailure')}, ${lastOf('Finished', 'BatchTaskFinished')} by Task`,
    `top ${maxTasks} by Failed desc`,
  ];
  return lines.join('\n| ');
}

function columns({ time, bag, text }: Names): string {
  const wanted = `where ${text} in~ ("BatchTaskStart", "BatchTaskFailure", "BatchTaskFinished")`;
  return `${wanted} | project At = ${time}, Event = ${text}, Bag = parse_json(tolower(tostring(${bag})))`;
}

function lastOf(column: string, event: string): string {
  return `${column} = maxif(At, Event =~ "${event}")`;
}

/** A row without a task's id stands for a task that never started: it proves nothing. */
export function readTasks(tables: readonly Table[]): TaskTimes[] {
  return tables.flatMap(columnsOf).map((cell) => ({
    startedAt: cell('task') === '' ? null : instantOf(cell('started')),
    failedAt: instantOf(cell('failed')),
    finishedAt: instantOf(cell('finished')),
  }));
}
