import type { Answer } from './answer.ts';
import { jsonAnswer, odataError } from './answer.ts';
import { batchJobEntity } from './batch-job-entity.ts';
import { selectProperties, type ODataEntity } from './odata-entity.ts';
import { parseQuery } from './odata-query.ts';
import { comparePlaces, writePlace } from './row-order.ts';
import type { SimulatedBatchJobs } from './simulated-batch-jobs.ts';

const queryFault = 'Microsoft.OData.ODataException';

/** `GET /data/BatchJobs(<id>)`; `jobId` is null if the key is not an int64. */
export function readJob(jobs: SimulatedBatchJobs, jobId: string | null, url: URL, orgUrl: string): Answer {
  if (jobId === null) return odataError(400, 'The key is not an Edm.Int64.', queryFault);
  const parsed = parseQuery(url.searchParams, batchJobEntity);
  if (parsed.kind === 'refused') return odataError(parsed.status, parsed.message, queryFault);
  const job = jobs.find(jobId);
  if (!job) return odataError(404, `There is no batch job ${jobId}.`);
  const context = { '@odata.context': `${orgUrl}/data/$metadata#BatchJobs/$entity` };
  const { select } = parsed.query;
  return jsonAnswer(200, { ...context, ...selectProperties(batchJobEntity.write(job), select) });
}

/**
 * `GET /data/<entity set>`, in pages. `@odata.nextLink` continues after the last row's place, so that no page misses
 * a row.
 */
export function listRows<Row>(
  rows: readonly Row[],
  entity: ODataEntity<Row>,
  pageSize: number,
  url: URL,
  orgUrl: string,
): Answer {
  const parsed = parseQuery(url.searchParams, entity);
  if (parsed.kind === 'refused') return odataError(parsed.status, parsed.message, queryFault);
  const { matches, order, top, select, after } = parsed.query;
  const found = rows
    .filter(matches)
    .map((row) => ({ row, place: entity.placeOf(row) }))
    .filter(({ place }) => after === null || comparePlaces(place, after, order) > 0)
    .toSorted((one, other) => comparePlaces(one.place, other.place, order))
    .slice(0, top ?? undefined);
  const page = found.slice(0, pageSize);
  const last = page.at(-1);
  const value = page.map(({ row }) => selectProperties(entity.write(row), select));
  const context = { '@odata.context': `${orgUrl}/data/$metadata#${entity.set}` };
  if (!last || found.length === page.length) return jsonAnswer(200, { ...context, value });

  const next = new URLSearchParams(url.searchParams);
  if (top !== null) next.set('$top', String(top - page.length));
  next.set('$skiptoken', writePlace(last.place));
  const nextLink = `${orgUrl}/data/${entity.set}?${next.toString().replaceAll('%24', '$')}`;
  return jsonAnswer(200, { ...context, value, '@odata.nextLink': nextLink });
}
