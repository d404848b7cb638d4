import { jobOf, jobOfQuery, type LogRow, taskOf } from './logs-rows.ts';

const columns = [
  { name: 'Task', type: 'string' },
  { name: 'Started', type: 'datetime' },
  { name: 'Failed', type: 'datetime' },
  { name: 'Finished', type: 'datetime' },
];

/** What a query finds that asks for a row for each task: those that failed last come first. */
export function toTaskTable(rows: readonly LogRow[], query: string, limit: number): object {
  const jobId = jobOfQuery(query);
  const ofTasks = [
    ...Map.groupBy(
      rows.filter((row) => jobOf(row) === jobId),
      taskOf,
    ),
  ];
  const told = ofTasks.map(([task, events]) => {
    const last = (kind: LogRow['kind']) =>
      events.findLast((row) => row.kind === kind)?.at.toISOString() ?? null;
    return [task, last('BatchTaskStart'), last('BatchTaskFailure'), last('BatchTaskFinished')] as const;
  });
  const failedFirst = told.toSorted((one, other) => (other[2] ?? '').localeCompare(one[2] ?? ''));
  return { name: 'PrimaryResult', columns, rows: failedFirst.slice(0, limit) };
}
