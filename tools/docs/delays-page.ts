import { oneByOneMs } from '../../src/usecases/engine/read-together.ts';
import { faultsToOpen, openMs, probeMs } from '../../src/domain/environment/circuit-breaker.ts';
import { goneAgainMs } from '../../src/domain/job/advance.ts';
import { claimLeaseMs, notProvenPolls } from '../../src/domain/job/claim-request.ts';
import { spreadMs, watchPollMs } from '../../src/domain/job/defer.ts';
import { eventLateMs, pollDelayMs } from '../../src/domain/job/following.ts';
import { maxUnshown, showsAgainMs } from '../../src/domain/job/pending.ts';
import { startsLateMs } from '../../src/domain/job/silent-runs.ts';
import { maxHttp500s, notProvenPollMs } from '../../src/domain/job/reconcile-claim.ts';
import { startedByMs, stuckAfterMs } from '../../src/domain/job/run-state.ts';
import { sameRunMs, soonMs } from '../../src/domain/job/runs.ts';
import type { NotTaken } from '../../src/domain/outcome.ts';
import { giveUpDeliveryAfterMs, redeliveryMs } from '../../src/domain/redelivery.ts';
import { deferralMs, sendAgainMs } from '../../src/domain/retry-policy/backoff.ts';
import { recentMs } from '../../src/usecases/engine/recent-subscriptions.ts';
import { maxAtOnce } from '../../src/usecases/intake/receive-events.ts';
import { answerMs } from '../../src/usecases/notify/deliver-notification.ts';
import { announceAfterMs, dropAfterMs } from '../../src/usecases/notify/subscription-health.ts';
import {
  faultDelayMs,
  lostStoreMs,
  maxFaults,
  otherVersionMs,
} from '../../src/usecases/work/process-work.ts';
import { keptDays } from '../../src/usecases/work/prune-history.ts';
import { overdueMs } from '../../src/usecases/work/sweep.ts';
import { duration } from './duration.ts';
import { madeBy } from './made-by.ts';
import { markdownTable } from './markdown-table.ts';

const tries = [0, 1, 2, 3, 5, 8];

/** docs/reference/delays.md: how long the service waits, and for what, as markdown. */
export function delaysPage(): string {
  return `# Delays

${madeBy('the code that waits, in `src/domain` and `src/usecases`')}

## Deferrals

What F&O cannot take now is tried again after this long, a failed read like a failed request. Where the delay doubles,
up to a quarter is added at random, so that many jobs do not come back at once. \`giveUpAfter\` in the
[policy](../operate/policy.md) ends it.

${markdownTable(['', ...tries.map((number) => `deferral ${number + 1}`)], deferrals())}

## A request whose answer was lost

F&O may have acted: also after 502 and 504, because a gateway had no answer in time. So the job is read first,
${duration(claimLeaseMs)} after the request. While that proves nothing, it is read again up to ${notProvenPolls} times, ${duration(notProvenPollMs)} apart; then another
request is sent, after the delay in the last row of the table above. After ${maxHttp500s} answers of HTTP 500 for one failure no
other is sent.

## Following a run

A requeued job is read after ${duration(claimLeaseMs)}, then again after ${list([1, 2, 3, 4].map((polls) => duration(pollDelayMs(polls))))}, and every ${duration(pollDelayMs(10))} until its run has ended.

${markdownTable(
  ['What', 'After'],
  [
    ['A job that waits for the same planned start, or is in Error as before, is `not-started`', startedByMs],
    ['A recurring job that ran, and of which no event came, is `ended`', eventLateMs],
    ['… and whose start was due at every read, where F&O shows no times of runs', stuckAfterMs],
    ['A run that has not ended is `stuck`', stuckAfterMs],
    ['A job of which a person must take care is read every', watchPollMs],
    ['… for', stuckAfterMs],
    ['A job for which F&O answers 404 is read again, then it is `gone`', goneAgainMs],
    [`F&O does not show yet what an event reported: read again, up to ${maxUnshown} times`, showsAgainMs],
  ].map(([what, ms]) => [String(what), duration(Number(ms))]),
)}

Two ends within ${duration(sameRunMs)} are of one run. A planned start at most ${duration(soonMs)} ahead is "soon". A run that starts more than ${duration(startsLateMs)}
after its planned start is a later one.

## Circuit breaker and rate limit

${faultsToOpen} faults in a row open the circuit breaker of an environment, for ${list([0, 1, 2, 3, 4].map((openings) => duration(openMs(openings))))} and so on. Then one request
passes as a probe, and others wait for it, up to ${duration(probeMs)}. Of \`REQUEUES_PER_MINUTE\`, what the minute before
had counts too, less with each second. What is deferred, also by \`REQUEUES_PER_MINUTE\`, comes at a random
time within ${duration(spreadMs)} after it may be sent. Of one delivery, ${maxAtOnce} failures are decided at once; the others are queued.
Jobs whose reads are asked for at the same time are read by one query; after one that F&O did not answer, one by one for ${duration(oneByOneMs)}.

## Work that fails

A fault of the service itself: the work is tried again after ${list(Array.from({ length: maxFaults - 1 }, (_none, faults) => duration(faultDelayMs(faults))))}. After ${maxFaults} faults it is a
[dead letter](../operate/incidents/dead-letters.md). A store that cannot be reached is no fault: the work comes again every ${duration(lostStoreMs)},
and work on a record of another version every ${duration(otherVersionMs)}, for as long as it takes. Work that was lost is queued again once it is ${duration(overdueMs)} overdue, by an hourly sweep.

## Deliveries to subscribers

A subscriber has ${duration(answerMs)} to answer with 2xx. What fails is sent again after ${list([0, 1, 2, 3].map((count) => duration(redeliveryMs(count, null, 0))))}, doubled up to
${duration(redeliveryMs(30, null, 0))} (or as its \`Retry-After\` asks), for ${duration(giveUpDeliveryAfterMs)}. A subscription whose deliveries have all failed for ${duration(announceAfterMs)} is
announced. One that answers 410, or only 404 for ${duration(dropAfterMs)}, is dropped. A process learns of a subscription that another
process added within ${duration(recentMs)}.

## What is kept

Events and history: ${keptDays} days.
`;
}

function deferrals(): string[][] {
  const answer = { status: null, isSuccess: null, message: null };
  const rows: [when: string, outcome: NotTaken][] = [
    ['F&O throttles (429) with Retry-After: 120', { kind: 'throttled', retryAfterMs: 120_000, answer }],
    ['F&O throttles (429) without Retry-After', { kind: 'throttled', retryAfterMs: null, answer }],
    [
      'F&O is not available (503, 409, 412, 423, 425; for a read also 500, 502, 504)',
      { kind: 'unavailable', retryAfterMs: null, answer },
    ],
    ['No connection (refused, DNS, TLS)', { kind: 'not-sent', cause: 'connection', answer }],
    ['No token (the token endpoint fails or hangs)', { kind: 'not-sent', cause: 'token', answer }],
    ['Sign-in refused (such as an expired secret)', { kind: 'sign-in-refused', answer }],
    ['Token not accepted (401), also after renewal', { kind: 'unauthorized', answer }],
    ['No permission (403), or a redirect', { kind: 'misconfigured', answer }],
  ];
  const lost = 'Another request, after one that did not arrive and whose answer was lost';
  return [
    ...rows.map(([when, outcome]) => [
      when,
      ...tries.map((number) => duration(deferralMs(outcome, number, 0))),
    ]),
    [lost, ...tries.map((number) => duration(sendAgainMs(number + 1)))],
  ];
}

function list(texts: readonly string[]): string {
  return texts.join(', ');
}
