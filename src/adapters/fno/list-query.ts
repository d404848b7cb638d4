import type { JobId } from '../../domain/job-id.ts';

const inError = "Microsoft.Dynamics.DataEntities.BatchStatus'Error'";

export const listFilters = {
  /** With 32 ids, the whole query stays below 2,048 characters, the limit of ASP.NET unless set otherwise. */
  withIds: (jobIds: readonly JobId[]) => jobIds.map((jobId) => `BatchJobRecId eq ${jobId}`).join(' or '),
  failed: (search: string | null) => [`Status eq ${inError}`, ...described(search)].join(' and '),
  notFailed: (search: string | null) => [`Status ne ${inError}`, ...described(search)].join(' and '),
};

/**
 * Builds the path of a list. One answer holds up to 10,000 rows, and without `cross-company` only those of the
 * user's own company.
 * @see https://learn.microsoft.com/dynamics365/fin-ops-core/dev-itpro/data-entities/odata
 */
export function listPath(filter: string, top: number, order: 'asc' | 'desc' = 'desc'): string {
  const options = {
    'cross-company': 'true',
    $select: [
      'BatchJobRecId',
      'JobDescription',
      'Status',
      'CompanyAccounts',
      'StartDateTime',
      'EndDateTime',
      'OrigStartDateTime',
      'Recurrence',
    ].join(','),
    $filter: filter,
    $orderby: `EndDateTime ${order}`,
    $top: String(top),
  };
  const query = Object.entries(options).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `/data/BatchJobs?${query.join('&')}`;
}

/**
 * F&O has no `contains`: `eq` with `*` replaces it. Microsoft does not document which other characters are special,
 * so `*` replaces them too, quotes included. `holdsText` then compares what F&O finds with the text itself.
 */
function described(search: string | null): string[] {
  return search === null ? [] : [isLike(`*${search}*`)];
}

/** A condition for descriptions like `pattern`, with `*` for any text, and perhaps for more. */
export function isLike(pattern: string, property = 'JobDescription'): string {
  return `${property} eq '${pattern.replaceAll(/[^\p{L}\p{N} ]+/gu, '*')}'`;
}

/** Whether a description holds the text, ignoring case. */
export function holdsText(description: string, search: string | null): boolean {
  return search === null || description.toLowerCase().includes(search.toLowerCase());
}
