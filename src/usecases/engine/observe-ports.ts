import type { BatchJob } from '../../domain/job/batch-job.ts';
import type { JobId } from '../../domain/job-id.ts';
import type { BatchJobs } from '../../ports/batch-jobs.ts';
import type { FailureTexts } from '../../ports/failure-texts.ts';
import type { Ledger } from '../../ports/ledger.ts';
import type { Ports } from '../../ports/ports.ts';
import type { RunSearch } from '../../ports/run-search.ts';
import type { Telemetry } from '../../ports/telemetry.ts';

/** The ports, with an observer of every request to F&O, claim and circuit breaker. */
export function observePorts(ports: Ports): Ports {
  const { ledger, batchJobs, runSearch, failureTexts, telemetry } = ports;
  return {
    ...ports,
    ledger: observeLedger(ledger, telemetry),
    batchJobs: (environment) => observeBatchJobs(environment, batchJobs(environment), telemetry),
    runSearch: (environment) => observeRunSearch(environment, runSearch(environment), telemetry),
    failureTexts: (environment) => {
      const texts = failureTexts(environment);
      return texts && observeTexts(environment, texts, telemetry);
    },
  };
}

function observeTexts(environment: string, texts: FailureTexts, telemetry: Telemetry): FailureTexts {
  const observed = <Found extends { kind: string }>(jobId: JobId, ask: () => Promise<Found>) =>
    telemetry.span({ name: 'findTexts', environment, jobId }, ask, kindOf);
  return {
    find: (query, signal) => observed(query.jobId, () => texts.find(query, signal)),
    tasks: (query, signal) => observed(query.jobId, () => texts.tasks(query, signal)),
  };
}

function observeBatchJobs(environment: string, batchJobs: BatchJobs, telemetry: Telemetry): BatchJobs {
  return {
    setToWaiting: (jobId, signal) =>
      telemetry.span(
        { name: 'setToWaiting', environment, jobId },
        () => batchJobs.setToWaiting(jobId, signal),
        kindOf,
      ),
    read: (jobId, signal) =>
      telemetry.span({ name: 'readStatus', environment, jobId }, () => batchJobs.read(jobId, signal), kindOf),
    listByIds: (jobIds, signal) =>
      telemetry.span({ name: 'listJobs', environment }, () => batchJobs.listByIds(jobIds, signal), kindOf),
    list: (query, signal) =>
      telemetry.span({ name: 'listJobs', environment }, () => batchJobs.list(query, signal), kindOf),
  };
}

function observeRunSearch(environment: string, search: RunSearch, telemetry: Telemetry): RunSearch {
  const observed = <Found extends { kind: string }>(ask: () => Promise<Found>) =>
    telemetry.span({ name: 'searchRuns', environment }, ask, kindOf);
  return {
    search: (query, signal) => observed(() => search.search(query, signal)),
    findHistory: (signal) => observed(() => search.findHistory(signal)),
    history: (entity, query, signal) => observed(() => search.history(entity, query, signal)),
  };
}

function kindOf({ kind }: { kind: string }): string {
  return kind;
}

function observeLedger(ledger: Ledger, telemetry: Telemetry): Ledger {
  return {
    read: (key, eventId) => ledger.read(key, eventId),
    write: (key, version, change) => {
      const write = () => ledger.write(key, version, change);
      const eventId = newlyClaimed(change.job);
      return eventId === null ? write() : telemetry.span({ name: 'claim', ...key, eventId }, write, kindOf);
    },
    list: (after, limit, environment) => ledger.list(after, limit, environment),
    history: (key, before, limit) => ledger.history(key, before, limit),
    updateEnvironment: async (environment, change) => {
      const updated = await ledger.updateEnvironment(environment, (state) => {
        const changed = change(state);
        const was = state?.breaker.openUntil ?? null;
        const { openUntil } = changed.state.breaker;
        const isChanged = was?.getTime() !== openUntil?.getTime();
        return { state: changed.state, result: { value: changed.result, openUntil, isChanged } };
      });
      if (!updated) return null;
      const { value, openUntil, isChanged } = updated;
      const breaker = openUntil ? 'open' : 'closed';
      telemetry.record({ kind: 'breaker', environment, breaker, openUntil, isChanged });
      return value;
    },
    prune: (key, instant) => ledger.prune(key, instant),
    proveWritable: () => ledger.proveWritable(),
  };
}

/** The event whose failure this record claims, or null if it holds no new claim. */
function newlyClaimed({ phase }: BatchJob): string | null {
  if (phase.kind !== 'requesting' || phase.claim.isFateUnknown) return null;
  return phase.claim.attempt.failure.eventId;
}
