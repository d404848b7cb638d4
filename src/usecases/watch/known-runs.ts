import type { Run } from '../../domain/watch/run.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Span, StoredRun } from '../../ports/runs.ts';

const pageSize = 1000;

/** The runs that the store has of this span. */
export async function knownRuns(
  { runs }: Pick<Ports, 'runs'>,
  environment: string,
  span: Span,
): Promise<Run[]> {
  const known: Run[] = [];
  for (let after: string | null = null; ;) {
    const page: StoredRun[] = await runs.between(environment, span, after, pageSize);
    known.push(...page.map(({ position: _position, ...run }) => run));
    after = page.at(-1)?.position ?? null;
    if (after === null || page.length < pageSize) return known;
  }
}
