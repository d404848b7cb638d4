import type { BatchJob } from '../../domain/job/batch-job.ts';
import type { BatchJobs } from '../../ports/batch-jobs.ts';
import type { Ledger } from '../../ports/ledger.ts';
import type { Observer } from '../../ports/observer.ts';
import type { Ports } from '../../ports/ports.ts';

/** The ports, with an observer of every request to F&O, claim and circuit breaker. */
export function observePorts(ports: Ports): Ports {
  const { ledger, batchJobs, observer } = ports;
  return {
    ...ports,
    ledger: observeLedger(ledger, observer),
    batchJobs: (environment) => observeBatchJobs(environment, batchJobs(environment), observer),
  };
}

function observeBatchJobs(environment: string, batchJobs: BatchJobs, observer: Observer): BatchJobs {
  return {
    setToWaiting: (jobId, signal) =>
      observer.step(
        { name: 'setToWaiting', environment, jobId },
        () => batchJobs.setToWaiting(jobId, signal),
        kindOf,
      ),
    read: (jobId, signal) =>
      observer.step({ name: 'readStatus', environment, jobId }, () => batchJobs.read(jobId, signal), kindOf),
    list: (query, signal) =>
      observer.step(
        { name: 'listJobs', environment, jobId: null },
        () => batchJobs.list(query, signal),
        kindOf,
      ),
  };
}

function kindOf({ kind }: { kind: string }): string {
  return kind;
}

function observeLedger(ledger: Ledger, observer: Observer): Ledger {
  return {
    read: (key, eventId) => ledger.read(key, eventId),
    write: (key, version, change) => {
      const write = () => ledger.write(key, version, change);
      const eventId = newlyClaimed(change.job);
      return eventId === null ? write() : observer.step({ name: 'claim', ...key, eventId }, write, kindOf);
    },
    list: (after, limit, environment) => ledger.list(after, limit, environment),
    history: (key, before, limit) => ledger.history(key, before, limit),
    updateEnvironment: async (environment, change) => {
      const updated = await ledger.updateEnvironment(environment, (state) => {
        const changed = change(state);
        const openUntil = { before: state?.breaker.openUntil ?? null, now: changed.state.breaker.openUntil };
        return { state: changed.state, result: { value: changed.result, openUntil } };
      });
      if (!updated) return null;
      observer.breaker(environment, updated.openUntil.before, updated.openUntil.now);
      return updated.value;
    },
    prune: (key, instant) => ledger.prune(key, instant),
  };
}

/** The event whose failure this record claims, or null if it holds no new claim. */
function newlyClaimed({ phase }: BatchJob): string | null {
  if (phase.kind !== 'requesting' || phase.claim.isFateUnknown) return null;
  return phase.claim.attempt.failure.eventId;
}
