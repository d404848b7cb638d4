import pMap from 'p-map';
import type { Cause } from '../../domain/cause/cause.ts';
import { addMs } from '../../domain/instants.ts';
import { endShowsLateMs, isWithin, sameRunMs } from '../../domain/job/runs.ts';
import type { Run } from '../../domain/watch/run.ts';
import type { Causes } from '../../ports/causes.ts';
import type { Span } from '../../ports/runs.ts';
import { causePages } from './cause-pages.ts';

/** Runs of one list that ended within this time, in ms, are looked up together. */
const togetherMs = 10 * 60_000;

const concurrency = 8;

/** Why those of one environment's runs failed that did, as far as it is known. */
export async function causesOfRuns(causes: Causes, runs: readonly Run[]): Promise<Map<Run, Cause>> {
  const failed = runs.filter(({ end }) => end === 'failed');
  const found = new Map<Run, Cause>();
  const [first] = failed;
  if (!first) return found;
  await pMap(
    spansOf(failed),
    async ({ from, to }) => {
      for await (const page of causePages(causes, first.environment, from, to)) {
        for (const cause of page) {
          const run = failed.find(
            ({ jobId, ...run }) => jobId === cause.jobId && isWithin(run, cause.failedAt),
          );
          if (run) found.set(run, cause);
        }
      }
    },
    { concurrency },
  );
  return found;
}

/** When their failures may have ended: the event and F&O may tell different ends. */
function spansOf(runs: readonly Run[]): Span[] {
  const spans: Span[] = [];
  for (const { endedAt } of runs.toSorted((a, b) => a.endedAt.getTime() - b.endedAt.getTime())) {
    const from = addMs(endedAt, -endShowsLateMs - sameRunMs);
    const to = addMs(endedAt, sameRunMs + 1);
    const last = spans.at(-1);
    if (last && from.getTime() - last.to.getTime() < togetherMs) last.to = to;
    else spans.push({ from, to });
  }
  return spans;
}
