/** One row that F&O's telemetry wrote. */
export interface LogRow {
  readonly at: Date;
  /** An infolog text is an exception; the others are custom events. */
  readonly kind: 'infolog' | 'BatchTaskFailure' | 'BatchTaskStart' | 'BatchTaskFinished';
  readonly jobId: string;
  /** The text of an exception, or the message of a failed task. */
  readonly text?: string;
  readonly taskId?: string;
  /** More properties, or other values. */
  readonly properties?: Readonly<Record<string, string>>;
  /** How the properties' names are spelled; 'documented' unless set. */
  readonly spelling?: 'documented' | 'lower' | 'other';
  /** How long after its time queries find it; 0 unless set. */
  readonly arrivesAfterMs?: number;
  /** Ingestion may repeat a row; 1 unless set. */
  readonly times?: number;
}

/** The rows that a query finds; null if it is no query that this stand-in understands. */
export function selectRows(
  rows: readonly LogRow[],
  query: string,
  timespan: string,
  now: Date,
): LogRow[] | null {
  const digits = new Set([...query.matchAll(/ has "(\d+)"/g)].map((match) => match[1]));
  const [from, to] = timespan.split('/').map((part) => Date.parse(part));
  if (digits.size !== 1 || from === undefined || to === undefined || !(from <= to)) return null;
  if (!query.includes('AppEvents')) return null;
  const isWanted = ({ kind }: LogRow) => query.includes(kind === 'infolog' ? 'AppExceptions' : `"${kind}"`);
  return rows
    .filter(isWanted)
    .filter(({ at }) => at.getTime() >= from && at.getTime() <= to)
    .filter(({ at, arrivesAfterMs = 0 }) => at.getTime() + arrivesAfterMs <= now.getTime())
    .filter((row) => [...digits].every((one) => words(row).includes(one ?? '')))
    .flatMap((row) => Array.from({ length: row.times ?? 1 }, () => row))
    .toSorted((one, other) => one.at.getTime() - other.at.getTime());
}

/** The job that a query of tasks is about; that without its sign, of others. */
export function jobOfQuery(query: string): string {
  return / (?:==|has) "(-?\d+)"\n/.exec(query)?.[1] ?? / has "(\d+)"/.exec(query)?.[1] ?? '';
}

/** How many rows a query wants at most. */
export function limitOf(query: string): number {
  return Number(/ top (\d+) by \w+ (?:asc|desc)$/.exec(query)?.[1] ?? 0);
}

const columns = [
  { name: 'TimeGenerated', type: 'datetime' },
  { name: 'Source', type: 'string' },
  { name: 'Name', type: 'string' },
  { name: 'OuterMessage', type: 'string' },
  { name: 'Properties', type: 'string' },
];

/** Dates come as text. */
export function toTable(rows: readonly LogRow[]): object {
  return {
    name: 'PrimaryResult',
    columns,
    rows: rows.map((row) => [
      row.at.toISOString(),
      row.kind === 'infolog' ? 'exception' : 'event',
      row.kind === 'infolog' ? '' : row.kind,
      row.kind === 'infolog' ? (row.text ?? '') : '',
      JSON.stringify(propertiesOf(row)),
    ]),
  };
}

/** `has` finds whole words of the properties. */
function words(row: LogRow): string[] {
  return JSON.stringify(propertiesOf(row)).split(/[^\p{L}\p{N}]+/u);
}

/** The job and the task that a row is of. */
export function jobOf(row: LogRow): string | undefined {
  return lowerOf(row).get('batchjobid');
}

export function taskOf(row: LogRow): string {
  const properties = lowerOf(row);
  return properties.get('batchtaskid') ?? properties.get('batchjobtaskid') ?? '';
}

function lowerOf(row: LogRow): ReadonlyMap<string, string> {
  return new Map(Object.entries(propertiesOf(row)).map(([name, value]) => [name.toLowerCase(), value]));
}

function propertiesOf({ kind, jobId, text = '', taskId = '5637000001', properties = {}, spelling }: LogRow) {
  const common = {
    BatchJobId: jobId,
    EnvironmentId: 'env',
    activityId: 'act',
    ClassName: 'CustPostInvoiceJob',
  };
  const ofKind =
    kind === 'infolog'
      ? { ExecutionMode: 'Batch', BatchJobCaption: 'Nightly', MethodName: 'run', LegalEntity: 'USMF' }
      : kind === 'BatchTaskFailure'
        ? {
            BatchTaskId: taskId,
            ExceptionType: 'System.Exception',
            ExceptionMessage: text,
            EventMessage: 'Task failed',
          }
        : { BatchTaskId: taskId };
  return Object.fromEntries(
    Object.entries({ ...common, ...ofKind, ...properties }).map(([name, value]) => [
      spell(name, spelling),
      value,
    ]),
  );
}

function spell(name: string, spelling: LogRow['spelling']): string {
  if (spelling === 'lower') return name.toLowerCase();
  if (spelling !== 'other') return name;
  return name === 'BatchTaskId' ? 'BatchJobTaskId' : name.charAt(0).toLowerCase() + name.slice(1);
}
