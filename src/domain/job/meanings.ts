import type { BatchJob } from './batch-job.ts';
import type { DeferralCause } from './deferral-cause.ts';
import type { FailureOutcome, OperatorAction, RunOutcome } from './outcomes.ts';

/*
 * The meanings of the words that people read. docs/reference/outcomes.md is made of these.
 */

/** Decisions on a failure. */
export const failureMeanings: Record<FailureOutcome, string> = {
  requeued:
    'F&O accepted the requeue, and it counts as a retry. If its answer was lost, a newer run or start has proven it since',
  scheduled: "Not done yet: the policy's `delays` ask for it. `dueAt` says when",
  deferred:
    'Not done yet: F&O could not take it, or it is not known whether F&O acted. `dueAt` says when the service goes on',
  duplicate: 'This event was received before, or another event reported the same run',
  superseded:
    'No requeue is needed: the failure no longer stands, F&O has accepted a requeue since, or a newer failure of the job takes its place',
  ignored:
    'Nothing was sent. `reason` says why: no policy entry lists the job, the entry is `off`, or the event is the test event or not a failure',
  exhausted: 'All retries of the episode are used. A person must look. Announced once per episode',
  paused:
    'The job is paused. The service does not retry this failure by itself when a person resumes the job',
  refused:
    'F&O refused, or could not take the request for as long as `giveUpAfter`. The service does not try again. Announced',
  shadow: 'The entry only watches: it would have requeued the job. Uses no budget',
  gone: 'F&O no longer has such a job. Not announced',
};

/** Outcomes of a run. */
export const runMeanings: Record<RunOutcome, string> = {
  recovered: 'The run ended without error. The episode has ended',
  canceled: 'A person took the job out: it is Canceled, Hold or NotRun. The episode has ended',
  ended:
    'A recurring job ran and waits again, and no event said how the run ended. The episode goes on. Announced only if finished events of this job have arrived before',
  'not-started':
    'F&O accepted the requeue, but the job only waits for its planned start, or is in Error as before. The retry counts. Announced once per episode; the service goes on following the job',
  stuck:
    'The run has not ended in time, or the job could not be read. Announced; the service no longer follows the job',
  gone: 'F&O deleted the job before a read showed the end of its run. Not announced',
};

/** What a person asked for. */
export const operatorMeanings: Record<OperatorAction, string> = {
  retry: 'Requeue the job now, under its policy',
  'set-to-waiting': "F&O's own action, without the policy. Uses no budget",
  reset: 'Give the job its whole budget again',
  pause: 'Send nothing for the job until it is resumed',
  resume: 'End the pause',
};

/** What is done about a job in F&O. */
export const phaseMeanings: Record<BatchJob['phase']['kind'], string> = {
  idle: 'Nothing',
  requesting: 'A request is about to be sent, is under way, or its fate is unknown',
  following: 'The service reads the job until the run has ended',
  watching: 'The service polls the job to see whether a person has acted',
};

/** Why a failure was deferred. */
export const deferralMeanings: Record<DeferralCause, string> = {
  throttled: 'F&O throttles (429)',
  unavailable: 'F&O is being serviced or overloaded, or did not act and may later',
  unreachable: 'No connection: refused, DNS, TLS',
  'no-token': 'The token endpoint fails or hangs',
  'sign-in-refused': 'No token until a person changes something, such as an expired secret',
  unauthorized: 'F&O does not accept the token (401), also after it was renewed',
  misconfigured: 'No permission (403), or the address leads elsewhere',
  'no-time': 'There was no time left for F&O within the time for an answer',
  'fate-unknown': 'It is not known whether F&O acted: the service reads the job first',
  breaker: 'The circuit breaker of the environment is open',
  'rate-limit': 'The service has sent as many requeues this minute as `REQUEUES_PER_MINUTE` allows',
  'not-found': 'F&O answers that it has no such job: the service reads once more',
  'not-shown': 'F&O does not show yet what the event reported',
  contention: 'Too many requeues asked for a permit at the same moment',
};
