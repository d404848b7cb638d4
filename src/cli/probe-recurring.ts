import type { JobId } from '../domain/job-id.ts';
import type { Observation, ReadOutcome, SetToWaitingOutcome } from '../domain/outcome.ts';
import type { BatchJobs } from '../ports/batch-jobs.ts';
import type { Clock } from '../ports/clock.ts';
import { InputError } from './input-error.ts';
import { judge, type Poll, pollForMs, timesOf, type Verdict, whyUnfit } from './recurring-trait.ts';

export type ProbeParts = { batchJobs: BatchJobs; clock: Clock; print: (line: string) => void };

const pollEveryMs = 15_000;
const callTimeoutMs = 30_000;

/**
 * Reads a recurring job. With `sends`, sets it to Waiting once, polls it and prints the effect. Resolves to whether
 * the effect is clear. Throws an InputError if the job cannot show it.
 */
export async function probeRecurring(
  parts: ProbeParts,
  { jobId, environment, sends }: { jobId: JobId; environment: string; sends: boolean },
): Promise<boolean> {
  const { batchJobs, print } = parts;
  const job = `Batch job ${jobId} in environment ${environment}`;
  const read = await batchJobs.read(jobId, timeout());
  if (read.kind !== 'found') throw new InputError(`${job}: ${notRead(read)}`);
  const before = toPoll(read.observation, 0, parts.clock);
  print(`${job}: ${read.observation.description}`);
  print(describe(read.observation));
  print(`While it waits for its schedule: ${timesOf(read.observation)}.`);
  const unfit = whyUnfit(before);
  if (unfit !== null) throw new InputError(`${job}: ${unfit}`);
  if (!sends) {
    print(wouldDo);
    return true;
  }

  const { kind, because } = await sendAndPoll(parts, jobId, before);
  print(`${kind}: ${because}`);
  return kind !== 'unclear';
}

const wouldDo = `Nothing was sent. With --yes, the probe sends SetBatchJobToWaiting once, and polls the job for ${pollForMs / 60_000} minutes.
That may start the job now: do it only in a test environment, with a job that may run twice.`;

async function sendAndPoll(
  { batchJobs, clock, print }: ProbeParts,
  jobId: JobId,
  before: Poll,
): Promise<Verdict> {
  print('Sending SetBatchJobToWaiting once: this may start the job.');
  const answer = await batchJobs.setToWaiting(jobId, timeout());
  print(`F&O answered: ${answer.kind}${inBrackets(answer)}.`);
  const answeredAtMs = clock.uptimeMs();
  const polls: Poll[] = [];
  let verdict = judge(before, answer, polls);
  while (verdict === null) {
    const read = await batchJobs.read(jobId, timeout());
    const afterMs = clock.uptimeMs() - answeredAtMs;
    print(`${minutes(afterMs)}  ${read.kind === 'found' ? describe(read.observation) : notRead(read)}`);
    if (read.kind === 'found') polls.push(toPoll(read.observation, afterMs, clock));
    else if (afterMs > pollForMs) return { kind: 'unclear', because: 'The job could no longer be read.' };
    verdict = judge(before, answer, polls);
    if (verdict === null) await clock.sleep(pollEveryMs);
  }
  const last = polls.at(-1);
  if (last) print(`After the requeue: ${timesOf(last.observation)}.`);
  return verdict;
}

function toPoll(observation: Observation, afterMs: number, clock: Clock): Poll {
  return { afterMs, at: observation.readAt ?? clock.now(), observation };
}

function describe({ status, startedAt, endedAt, scheduledAt, isRecurring }: Observation): string {
  const recurs = isRecurring ? 'recurring' : 'not recurring';
  return `${status}, ${recurs}; latest run from ${shown(startedAt)} to ${shown(endedAt)}; scheduled start ${shown(scheduledAt)}`;
}

function shown(instant: Date | null): string {
  return instant?.toISOString() ?? '(not shown)';
}

function notRead(read: ReadOutcome): string {
  if (read.kind === 'not-found') return `F&O has no such job${inBrackets(read)}.`;
  return `The job could not be read: ${read.kind}${inBrackets(read)}.`;
}

function inBrackets({ answer: { message } }: ReadOutcome | SetToWaitingOutcome): string {
  return message === null ? '' : ` (${message})`;
}

function minutes(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function timeout(): AbortSignal {
  return AbortSignal.timeout(callTimeoutMs);
}
