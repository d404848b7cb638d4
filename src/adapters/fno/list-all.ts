import type { ListedBatchJob, ListOutcome } from '../../ports/batch-jobs.ts';
import type { Clock } from '../../ports/clock.ts';
import { classifyList } from './classify.ts';
import type { FnoSender } from './fno-sender.ts';
import { nextPage } from './next-page.ts';
import { withoutSecrets } from './without-secrets.ts';

/**
 * Lists jobs from `path` on, up to `limit`. It follows the links to the next pages, but none to another host: the
 * token would go there too. `readAt` is F&O's clock at the last answer.
 */
export async function listAll(
  sender: FnoSender,
  clock: Clock,
  firstPath: string,
  limit: number,
  signal: AbortSignal,
): Promise<{ outcome: ListOutcome; readAt: Date | null }> {
  const jobs: ListedBatchJob[] = [];
  let path = firstPath;
  for (;;) {
    const reply = await sender.send({ method: 'GET', path, body: null }, signal);
    const page = classifyList(reply, clock.now());
    const readAt = reply.kind === 'answered' ? reply.answeredAt : null;
    if (page.kind !== 'page') return { outcome: withoutSecrets(page), readAt };
    jobs.push(...page.jobs);
    const next = nextPage(page.nextLink, path, sender.orgUrl);
    if (jobs.length >= limit || next.kind === 'none')
      return { outcome: { kind: 'listed', jobs: jobs.slice(0, limit), cutOff: null }, readAt };
    if (next.kind === 'elsewhere') {
      const cutOff = `The list may be incomplete: F&O's link to the next page leads ${next.where}, and the service did not follow it.`;
      return { outcome: { kind: 'listed', jobs, cutOff }, readAt };
    }
    path = next.path;
  }
}
