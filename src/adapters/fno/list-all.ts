import type { NotTaken } from '../../domain/outcome.ts';
import type { Clock } from '../../ports/clock.ts';
import { classifyList } from './classify.ts';
import type { FnoSender } from './fno-sender.ts';
import { nextPage } from './next-page.ts';
import { withoutSecrets } from './without-secrets.ts';

type Listed<Row> = {
  kind: 'listed';
  rows: Row[];
  /** Says in a sentence why there may be more rows, apart from the limit; null if the list is complete. */
  cutOff: string | null;
  /** F&O's clock at the last answer. */
  readAt: Date | null;
};

/** F&O's pages have up to 10,000 rows: more pages than this lead nowhere. */
const maxPages = 100;

/**
 * Lists rows from `firstPath` on, up to `limit`. It follows the links to the next pages, but none to another host: the
 * token would go there too.
 */
export async function listAll<Row>(
  { sender, clock }: { sender: FnoSender; clock: Clock },
  firstPath: string,
  limit: number,
  signal: AbortSignal,
  toRows: (rows: readonly unknown[], readAt: Date | null) => Row[],
): Promise<Listed<Row> | NotTaken> {
  const rows: Row[] = [];
  let path = firstPath;
  for (let pages = 1; ; pages++) {
    const reply = await sender.send({ method: 'GET', path, body: null }, signal);
    const page = classifyList(reply, clock.now());
    if (page.kind !== 'page') return withoutSecrets(page);
    const { readAt } = page;
    rows.push(...toRows(page.rows, readAt));
    const next = nextPage(page.nextLink, path, sender.orgUrl);
    if (rows.length >= limit || next.kind === 'none')
      return { kind: 'listed', rows: rows.slice(0, limit), cutOff: null, readAt };
    if (next.kind === 'elsewhere') {
      const cutOff = `The list may be incomplete: F&O's link to the next page leads ${next.where}, and the service did not follow it.`;
      return { kind: 'listed', rows, cutOff, readAt };
    }
    if (pages === maxPages) {
      const cutOff = `The list may be incomplete: it has more than ${maxPages} pages.`;
      return { kind: 'listed', rows, cutOff, readAt };
    }
    path = next.path;
  }
}
