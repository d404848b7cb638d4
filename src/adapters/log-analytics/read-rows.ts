import type { FailureText } from '../../domain/cause/cause.ts';
import type { RunWindow } from '../../domain/cause/run-window.ts';
import type { JobId } from '../../domain/job-id.ts';
import { parseLosslessJson } from '../../events/lossless-json.ts';

/** A table of the answer, as @azure/monitor-query-logs gives it. */
export type Table = {
  columnDescriptors: readonly { name?: string }[];
  rows: readonly (readonly unknown[])[];
};

type Row = {
  at: Date;
  source: string;
  name: string;
  message: string;
  properties: ReadonlyMap<string, string>;
};

export type RunTexts = { texts: FailureText[]; runFailed: boolean | null };

/** Reads what the answer says of this job's run. Rows of other jobs and other times are left out. */
export function readRows(tables: readonly Table[], jobId: JobId, { fromAt, toAt }: RunWindow): RunTexts {
  const rows = tables
    .flatMap(rowsOf)
    .filter(({ at, properties }) => at >= fromAt && at <= toAt && properties.get('batchjobid') === jobId)
    .toSorted((one, other) => one.at.getTime() - other.at.getTime());
  return { texts: rows.flatMap(textOf), runFailed: whetherFailed(rows) };
}

function rowsOf({ columnDescriptors, rows }: Table): Row[] {
  const indexes = new Map(columnDescriptors.map(({ name = '' }, index) => [name.toLowerCase(), index]));
  const cell = (row: readonly unknown[], name: string): unknown => row[indexes.get(name) ?? -1];
  return rows.flatMap((row) => {
    const at = instantOf(cell(row, 'timegenerated'));
    if (!at) return [];
    return {
      at,
      source: asText(cell(row, 'source')),
      name: asText(cell(row, 'name')),
      message: asText(cell(row, 'outermessage')),
      properties: propertiesOf(cell(row, 'properties')),
    };
  });
}

/** An exception of another mode than batch belongs to a person who looked at the job. */
function textOf({ at, source, name, message, properties }: Row): FailureText[] {
  const className = properties.get('classname') ?? null;
  if (source === 'exception') {
    const mode = properties.get('executionmode');
    if (mode !== undefined && mode.toLowerCase() !== 'batch') return [];
    return message.trim() === '' ? [] : [{ at, source: 'infolog', text: message, className }];
  }
  if (!isNamed(name, 'BatchTaskFailure')) return [];
  const text = ['exceptionmessage', 'eventmessage', 'exceptiontype']
    .map((property) => properties.get(property) ?? '')
    .find((found) => found.trim() !== '');
  return text === undefined ? [] : [{ at, source: 'platform', text, className }];
}

/**
 * How the run ended, by its tasks: failed if the last word on one of them is a failure, finished if all that started
 * have finished. Anything else proves nothing, such as a task that F&O started again after its failure.
 */
function whetherFailed(rows: readonly Row[]): boolean | null {
  const lastOf = new Map<string, string>();
  let hasFailure = false;
  for (const { source, name, properties } of rows) {
    const task = properties.get('batchtaskid') ?? properties.get('batchjobtaskid');
    if (source !== 'event' || task === undefined) continue;
    hasFailure ||= isNamed(name, 'BatchTaskFailure');
    const isAfterFailure =
      isNamed(lastOf.get(task) ?? '', 'BatchTaskFailure') && isNamed(name, 'BatchTaskFinished');
    if (!isAfterFailure) lastOf.set(task, name);
  }
  const last = [...lastOf.values()];
  if (last.some((name) => isNamed(name, 'BatchTaskFailure'))) return true;
  const haveAllFinished = last.length > 0 && last.every((name) => isNamed(name, 'BatchTaskFinished'));
  return haveAllFinished && !hasFailure ? false : null;
}

function isNamed(name: string, wanted: string): boolean {
  return name.toLowerCase() === wanted.toLowerCase();
}

/** Names in lower case: F&O writes `EnvironmentId` and `environmentId`. */
function propertiesOf(value: unknown): ReadonlyMap<string, string> {
  const json = typeof value === 'string' ? parseLosslessJson(value) : { ok: true as const, value };
  if (!json.ok || typeof json.value !== 'object' || json.value === null) return new Map();
  return new Map(Object.entries(json.value).map(([name, one]) => [name.toLowerCase(), asText(one)]));
}

function asText(value: unknown): string {
  const isPlain = ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
  return isPlain ? String(value) : '';
}

function instantOf(value: unknown): Date | null {
  const at = value instanceof Date ? value : new Date(asText(value));
  return Number.isNaN(at.getTime()) ? null : at;
}
