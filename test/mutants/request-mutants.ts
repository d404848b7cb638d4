import { mutantsOf } from './mutant.ts';
import { machineTests } from './test-targets.ts';

/** Claims, outcomes of requests, deferrals, and what only a person can do. */
export const requestMutants = [
  ...mutantsOf('src/domain/job/claim-request.ts', machineTests, [
    {
      name: 'a lost answer passes for a request that was not taken',
      find: 'return leaveUnknown(draft, phase, outcome, context);',
      replace:
        'return defer(revise(draft, { phase: phase.before }), attempt, { dueAt: context.now, cause: "fate-unknown", sentence: "", answer: null, needsPerson: false }, context);',
    },
    {
      name: 'a lost answer is counted as accepted before it is proven',
      find: 'return leaveUnknown(draft, phase, outcome, context);',
      replace: "return countAccepted(draft, claim, '', outcome.answer, context);",
    },
    {
      name: 'a deferral forgets the request of unknown fate before it',
      find: 'if (claim.attempt.unknownSince === null) {',
      replace: 'if (claim) {',
    },
    {
      name: 'a second request compares with its own baseline',
      find: 'baseline: attempt.unknownSince?.baseline ?? baseline,',
      replace: 'baseline,',
    },
    {
      name: 'each lost answer counts as HTTP 500',
      find: '(outcome.serverError ? 1 : 0)',
      replace: '1',
    },
    {
      name: "an operator's request costs budget",
      find: "const isOperator = claim.origin === 'operator';\n  const retry",
      replace: 'const isOperator = false;\n  const retry',
    },
    {
      name: 'an accepted requeue is not counted',
      find: ': { ...job.episode, retriesUsed: job.episode.retriesUsed + 1, startedAt: job.episode.startedAt ?? now };',
      replace: ': { ...job.episode, startedAt: job.episode.startedAt ?? now };',
    },
    {
      name: 'what an accepted requeue serves is not noted',
      find: 'servedUntilAt: latest(job.seen.servedUntilAt, servedUntil(claim.baseline)),',
      replace: 'servedUntilAt: job.seen.servedUntilAt,',
    },
    {
      name: 'a lease is shorter than an answer may take',
      find: 'export const claimLeaseMs = 35_000;',
      replace: 'export const claimLeaseMs = 1000;',
    },
    {
      name: 'a request that is deferred by a permit is sent for an operator later',
      find: "  if (phase.claim.origin === 'operator') {\n    const answer = { status: null, isSuccess: null, message: whyDenied(cause, until) };",
      replace:
        '  if (false) {\n    const answer = { status: null, isSuccess: null, message: whyDenied(cause, until) };',
    },
  ]),
  ...mutantsOf('src/domain/job/reconcile-claim.ts', machineTests, [
    {
      name: 'the count of a request of unknown fate that arrived is dropped',
      find: 'which shows that F&O set it to waiting.`;\n      return countAccepted(draft, claim, reason, null, context);',
      replace:
        'which shows that F&O set it to waiting.`;\n      return revise(draft, { phase: phase.before });',
    },
    {
      name: 'waiting proves that a request of unknown fate arrived',
      find: 'if (isWaiting(status)) return fateOfWaiting(baseline, observed, now);',
      replace: "if (isWaiting(status)) return 'accepted';",
    },
    {
      name: 'waiting with a near start proves nothing',
      find: "return hasMoved || !wasWaiting ? 'accepted' : 'not proven';",
      replace: "return 'not proven';",
    },
    {
      name: 'a newer run does not prove that a request of unknown fate arrived',
      find: "if (hasNewerEvent || hasNewerRun(observed, baseline)) return 'accepted';",
      replace: "if (hasNewerEvent) return 'accepted';",
    },
    {
      name: 'an event of a newer run does not prove that a request of unknown fate arrived',
      find: "if (hasNewerEvent || hasNewerRun(observed, baseline)) return 'accepted';",
      replace: "if (hasNewerRun(observed, baseline)) return 'accepted';",
    },
    {
      name: 'a running job proves nothing of a request of unknown fate',
      find: "if (isRunning(status)) return isRunning(baseline.status) ? 'not proven' : 'accepted';",
      replace: "if (isRunning(status)) return 'not proven';",
    },
    {
      name: 'Error proves that a request of unknown fate arrived',
      find: "if (status === baseline.status) return 'not accepted';",
      replace: "if (status === baseline.status) return 'accepted';",
    },
    {
      name: 'a request without a trace is sent again at once',
      find: 'if (claim.polls >= notProvenPolls) {',
      replace: 'if (claim) {',
    },
    {
      name: 'a request of which F&O can show nothing costs no budget',
      find: "const used = claim.origin === 'policy' ? retriesOfUnproven(attempt, observed, job, context) : 0;",
      replace: 'const used = 0;',
    },
    {
      name: 'a request that was taken for lost, and arrived late, is not counted',
      find: 'releasedClaim: used > 0 ? null : claim.token',
      replace: 'releasedClaim: null',
    },
    {
      name: 'any late answer is counted',
      find: "if (outcome.kind !== 'taken' || job.episode.releasedClaim !== claim.token) return null;",
      replace: "if (outcome.kind !== 'taken') return null;",
    },
    {
      name: 'HTTP 500 is tried without bound',
      find: 'if (http500s >= maxHttp500s) {',
      replace: 'if (false) {',
    },
    {
      name: 'a job that a person took out during a request of unknown fate is sent again',
      find: "if (isTakenOut(status)) return 'taken out';",
      replace: "if (isTakenOut(status)) return 'not accepted';",
    },
  ]),
  ...mutantsOf('src/domain/job/defer.ts', machineTests, [
    {
      name: 'giveUpAfter is ignored',
      find: 'return context.now.getTime() - firstDueAt.getTime() >= limitMs;',
      replace: 'return false;',
    },
    {
      name: "a policy entry's own giveUpAfter is ignored",
      find: 'context.policyFor(failure)?.giveUpAfterMs ?? defaultGiveUpAfterMs',
      replace: 'defaultGiveUpAfterMs',
    },
    {
      name: 'a set-up problem is announced at each deferral',
      find: 'const mustAnnounce = needsPerson && !setupProblemAnnounced;',
      replace: 'const mustAnnounce = needsPerson;',
    },
    {
      name: 'a sign-in that is refused is announced to nobody',
      find: "['sign-in-refused', 'unauthorized', 'misconfigured']",
      replace: "['unauthorized', 'misconfigured']",
    },
    {
      name: 'a token that F&O does not accept is announced to nobody',
      find: "['sign-in-refused', 'unauthorized', 'misconfigured']",
      replace: "['sign-in-refused', 'misconfigured']",
    },
    {
      name: 'a refusal is announced to nobody',
      find: "{ answer, policy, notify: 'needs-attention' }",
      replace: '{ answer, policy }',
    },
    {
      name: 'a job that was given up is not watched',
      find: 'phase: watch(failure, unknownSince?.baseline ?? baselineOf(failure), context.now),',
      replace: '',
    },
    {
      name: 'a deferred failure takes the place of a newer one',
      find: 'if (newer && newer.failure.eventId !== attempt.failure.eventId) {',
      replace: 'if (false) {',
    },
  ]),
  ...mutantsOf('src/domain/retry-policy/backoff.ts', machineTests, [
    {
      name: 'Retry-After of a day is waited for',
      find: 'return Math.min(Math.max(retryAfterMs, second), hour);',
      replace: 'return Math.max(retryAfterMs, second);',
    },
    {
      name: 'requests whose answers are lost are sent again as fast as ever',
      find: 'return deferrals <= 1 ? 0 : unknownMs(deferrals - 2);',
      replace: 'return 0;',
    },
  ]),
  ...mutantsOf('src/domain/job/operator.ts', machineTests, [
    {
      name: "an operator's request that is repeated is carried out again",
      find: 'if (context.isKnown) return unchanged(',
      replace: 'if (false) return unchanged(',
    },
    {
      name: 'a reset loses the claim',
      find: 'return { decisions, job: { ...next, episode } };',
      replace: 'return { decisions, job: { ...next, episode, phase: idle } };',
    },
    {
      name: 'an operator sends beside a request of unknown fate',
      find: "if (known?.phase.kind === 'requesting') {",
      replace: 'if (false) {',
    },
  ]),
  ...mutantsOf('src/domain/environment/circuit-breaker.ts', machineTests, [
    {
      name: 'the breaker never opens',
      find: 'return faults < faultsToOpen ?',
      replace: 'return faults ?',
    },
    {
      name: 'everybody is a probe',
      find: 'breaker: { ...breaker, openUntil: addMs(now, probeMs) }',
      replace: 'breaker',
    },
    {
      name: 'a read that went well closes the breaker',
      find: 'return breaker.faults < faultsToOpen',
      replace: 'return breaker',
    },
  ]),
  ...mutantsOf('src/domain/environment/environment-state.ts', machineTests, [
    {
      name: 'REQUEUES_PER_MINUTE is ignored',
      find: 'if (left <= 0) {',
      replace: 'if (false) {',
    },
    {
      name: 'the turn of a minute lets a burst pass',
      find: ' - Math.round((takenBefore * validMs) / minute);',
      replace: ';',
    },
    {
      name: 'a block of permits counts as one',
      find: 'takenInMinute: takenInMinute + count },',
      replace: 'takenInMinute: takenInMinute + 1 },',
    },
    {
      name: 'one process takes all permits of the minute',
      find: 'const blockPart = 1 / 8;',
      replace: 'const blockPart = 1;',
    },
    {
      name: 'late faults of one burst open the breaker again and again',
      find: 'return hasOpenedSince ? current :',
      replace: 'return false ? current :',
    },
    {
      name: 'a set-up problem is announced by each job',
      find: 'if (setupProblemId !== null && setupProblemId !== notificationId) return null;',
      replace: '',
    },
  ]),
];
