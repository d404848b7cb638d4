import { telemetryMetrics } from '../../src/adapters/telemetry/telemetry-names.ts';
import type { TelemetryRecord } from '../../src/adapters/telemetry/telemetry-record.ts';
import type { Row } from './expressions.ts';
import type { Tables } from './run-query.ts';

/** One record, and when it was taken: a metric has no instant of its own. */
export type TakenRecord = { record: TelemetryRecord; at: Date };

const minute = 60_000;

/**
 * The tables of Application Insights that these records would come to: metrics a minute together, as the exporter
 * sends them.
 */
export function tablesOf(taken: readonly TakenRecord[]): Tables {
  const tables: Record<string, Row[]> = {
    customEvents: [],
    customMetrics: metricRows(taken),
    requests: [],
    traces: [],
    exceptions: [],
  };
  for (const { record } of taken) {
    const row = rowOf(record);
    if (row) tables[row.table]?.push(row.row);
  }
  return tables;
}

function rowOf(record: TelemetryRecord): { table: string; row: Row } | null {
  switch (record.kind) {
    case 'event': {
      const { at: timestamp, name, dimensions, within } = record;
      const row = { timestamp, name, customDimensions: dimensions, operation_Id: within?.traceId ?? '' };
      return { table: 'customEvents', row };
    }
    case 'log': {
      const { at: timestamp, message, severity, within } = record;
      const severityLevel = severity === 'error' ? 3 : 2;
      return {
        table: 'traces',
        row: { timestamp, message, severityLevel, operation_Id: within?.traceId ?? '' },
      };
    }
    case 'span': {
      const { startedAt: timestamp, name, http } = record;
      const row = { timestamp, name, resultCode: http?.status ?? '0', itemCount: 1 };
      return record.role === 'server' ? { table: 'requests', row } : null;
    }
    case 'metric':
      return null;
  }
}

function metricRows(taken: readonly TakenRecord[]): Row[] {
  const points = taken.flatMap(({ record, at }) => (record.kind === 'metric' ? [{ ...record, at }] : []));
  const groups = Map.groupBy(points, ({ name, at, dimensions }) =>
    JSON.stringify([Math.floor(at.getTime() / minute), name, dimensions]),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { name, at, dimensions } = first;
    return [
      {
        timestamp: new Date((Math.floor(at.getTime() / minute) + 1) * minute),
        name,
        customDimensions: dimensions,
        ...aggregated(
          telemetryMetrics[name].kind,
          group.map(({ value }) => value),
        ),
      },
    ];
  });
}

function aggregated(kind: 'counter' | 'histogram' | 'gauge', values: readonly number[]): Row {
  const sum = values.reduce((total, value) => total + value, 0);
  const single = kind === 'gauge' ? (values.at(-1) ?? 0) : sum;
  if (kind !== 'histogram') {
    return { valueSum: single, valueCount: 1, valueMin: single, valueMax: single };
  }
  const [valueMin, valueMax] = [Math.min(...values), Math.max(...values)];
  return { valueSum: sum, valueCount: values.length, valueMin, valueMax };
}
