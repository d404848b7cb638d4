import type { Failure } from '../../src/domain/failure.ts';
import { type JobId, parseJobId } from '../../src/domain/job-id.ts';
import type { WorkItem } from '../../src/ports/work-item.ts';

type Of<Kind extends WorkItem['kind']> = Extract<WorkItem, { kind: Kind }>;

type Given = { environment?: string; jobId?: string; dueAt?: Date; faults?: number };

const at = new Date('2026-03-02T01:00:00.123Z');

export function aWake({ wakeId = '7', ...given }: Given & { wakeId?: string } = {}): Of<'wake'> {
  return { kind: 'wake', ...common(given), wakeId };
}

export function aPublish(given: Given = {}): Of<'publish'> {
  return { kind: 'publish', ...common(given) };
}

export function aDeliver(given: Given & { subscriptionId?: string } = {}): Of<'deliver'> {
  return {
    kind: 'deliver',
    ...common(given),
    subscriptionId: given.subscriptionId ?? '4f0a-1',
    notification: {
      id: 'n-1',
      event: 'exhausted',
      at,
      failure: aFailure(given.jobId),
      decision: 'exhausted',
      policy: { name: 'Every job', maxRetries: 5 },
      retry: null,
      episode: 3,
      episodeStartedAt: at,
      retriesUsed: 5,
      reason: '2026-03-02T01:00:00.000Z',
    },
    firstDueAt: at,
    failedAttempts: 2,
  };
}

export function aDecide({
  description = 'Nightly',
  ...given
}: Given & { description?: string } = {}): Of<'decide'> {
  return { kind: 'decide', ...common(given), failures: [{ ...aFailure(given.jobId), description }] };
}

function aFailure(jobId = '1'): Failure {
  return {
    eventId: '0A1B',
    jobId: toJobId(jobId),
    description: '',
    legalEntity: 'USMF',
    endedAt: null,
    controlNumber: '9223372036854775807',
    via: 'cloud-events',
  };
}

function common({ environment = 'default', jobId = '1', dueAt = at, faults = 0 }: Given) {
  return { environment, jobId: toJobId(jobId), dueAt, faults };
}

function toJobId(text: string): JobId {
  const jobId = parseJobId(text);
  if (jobId === null) throw new Error(`${text} is no job id`);
  return jobId;
}
