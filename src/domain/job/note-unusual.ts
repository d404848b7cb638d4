import { type BatchJob, newJob } from './batch-job.ts';
import { findingDecision } from './decision.ts';
import { type Context, type JobEvent, type Transition, unchanged } from './job-event.ts';
import type { RunFinding } from './outcomes.ts';
import { isSameRun } from './runs.ts';

type Unusual = Extract<JobEvent, { kind: 'run-unusual' }>;

/** Announces what is unusual of a run, once for each run. Touches neither the phase nor the episode. */
export function noteUnusual(known: BatchJob | null, event: Unusual, context: Context): Transition {
  const { finding, at, failure, reason } = event;
  const policy = context.policyFor(failure);
  if (!policy) return unchanged('No policy entry lists this job.');
  const job = known ?? newJob(context.environment, failure);
  if (isFound(job, finding, at)) return unchanged('This was announced before.');
  const found = { ...job.found, ...timeOf(finding, at) };
  const made = findingDecision(job, failure, finding, reason, { policy, notify: finding });
  return { kind: 'changed', job: { ...job, found }, decisions: [made], request: null };
}

/** Whether this was announced of the run before. */
export function isFound({ found }: BatchJob, finding: RunFinding, at: Date): boolean {
  const times = { 'long-running': found.longAt, late: found.lateAt, 'too-short': found.shortAt };
  return isSameRun(times[finding], at);
}

function timeOf(finding: RunFinding, at: Date): Partial<BatchJob['found']> {
  switch (finding) {
    case 'long-running':
      return { longAt: at };
    case 'late':
      return { lateAt: at };
    case 'too-short':
      return { shortAt: at };
  }
}
