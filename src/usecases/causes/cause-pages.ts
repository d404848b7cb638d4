import type { Cause } from '../../domain/cause/cause.ts';
import type { CausePlace, Causes } from '../../ports/causes.ts';

const pageSize = 500;

/**
 * An environment's causes of failures from `since` on, and before `until`, the latest first, page by page: no call of
 * the store takes long.
 */
export async function* causePages(
  causes: Causes,
  environment: string,
  since: Date,
  until: Date | null,
): AsyncGenerator<Cause[]> {
  let after: CausePlace | null = until && { failedAt: until, jobId: '', eventId: '' };
  for (;;) {
    const page: Cause[] = await causes.since(environment, since, after, pageSize);
    if (page.length > 0) yield page;
    after = page.at(-1) ?? null;
    if (page.length < pageSize) return;
    // SQLite answers at once: others have their turn between two pages.
    await new Promise((resolve) => setImmediate(resolve));
  }
}
