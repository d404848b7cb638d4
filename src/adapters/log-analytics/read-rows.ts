import type { FailureText } from '../../domain/cause/cause.ts';
import type { RunWindow } from '../../domain/cause/run-window.ts';
import type { JobId } from '../../domain/job-id.ts';
import { parseLosslessJson } from '../../events/lossless-json.ts';
import { asText, columnsOf, instantOf, type Table } from './columns.ts';

type Row = {
  at: Date;
  source: string;
  name: string;
  message: string;
  properties: ReadonlyMap<string, string>;
};

/** The texts of this job in this time. */
export function readRows(tables: readonly Table[], jobId: JobId, { fromAt, toAt }: RunWindow): FailureText[] {
  const rows = tables
    .flatMap(rowsOf)
    .filter(({ at, properties }) => at >= fromAt && at <= toAt && properties.get('batchjobid') === jobId)
    .toSorted((one, other) => one.at.getTime() - other.at.getTime());
  return rows.flatMap(textOf);
}

function rowsOf(table: Table): Row[] {
  return columnsOf(table).flatMap((cell) => {
    const at = instantOf(cell('timegenerated'));
    if (!at) return [];
    return {
      at,
      source: asText(cell('source')),
      name: asText(cell('name')),
      message: asText(cell('outermessage')),
      properties: propertiesOf(cell('properties')),
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
  if (name.toLowerCase() !== 'batchtaskfailure') return [];
  const text = ['exceptionmessage', 'eventmessage', 'exceptiontype']
    .map((property) => properties.get(property) ?? '')
    .find((found) => found.trim() !== '');
  return text === undefined ? [] : [{ at, source: 'platform', text, className }];
}

/** Names in lower case: F&O writes `EnvironmentId` and `environmentId`. */
function propertiesOf(value: unknown): ReadonlyMap<string, string> {
  const json = typeof value === 'string' ? parseLosslessJson(value) : { ok: true as const, value };
  if (!json.ok || typeof json.value !== 'object' || json.value === null) return new Map();
  return new Map(Object.entries(json.value).map(([name, one]) => [name.toLowerCase(), asText(one)]));
}
