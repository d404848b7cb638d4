import type { BatchJobKey } from '../ports/ledger.ts';
import type { Control, Request as OperatorRequest, SetToWaiting } from '../usecases/operate/operate.ts';
import { readKey } from './batch-job-key.ts';
import { Problem, type ProblemKind } from './problem.ts';
import { bodyReader } from './read-body.ts';
import { bodyProblems, environmentProblems, type Route, type RouteRequest } from './route.ts';
import { jsonAnswer, type RouteAnswer } from './route-answer.ts';

const readReason = bodyReader<{ reason: string }>({
  type: 'object',
  required: ['reason'],
  properties: { reason: { type: 'string', minLength: 1, maxLength: 500 } },
});

const byHandProblems: readonly ProblemKind[] = [
  ...bodyProblems,
  ...environmentProblems,
  'invalid-body',
  'invalid-parameter',
  'not-found',
  'store-unavailable',
];

/** Requeues a job under its policy because a person asks for it. */
export const retryRoute: Route = {
  name: 'retry-batch-job',
  method: 'POST',
  path: 'batch-jobs/{jobId}/retry',
  auth: 'function',
  summary:
    'Retries a job now under its policy, without waiting for `delays`: the budget counts, and its failure must still stand',
  answers: {
    200: 'The decision is final',
    202: '`deferred`: the service continues by itself, do not send it again',
  },
  problems: [...byHandProblems, 'fno-unavailable'],
  async handle(useCases, request, params) {
    const key = readKey(useCases, request, params);
    const retried = await useCases.retry(key, await readOperatorRequest(request));
    if (retried.kind === 'no-such-job') throw noSuchJob(key);
    if (retried.kind === 'fno-unavailable') throw unavailable(retried.outcome.answer.message);
    const { answer } = retried;
    return jsonAnswer(answer, answer.dueAt === null ? 200 : 202);
  },
};

/** Sends F&O's own action, whatever the policy says. */
export const setToWaitingRoute: Route = {
  name: 'set-batch-job-to-waiting',
  method: 'POST',
  path: 'batch-jobs/{jobId}/set-to-waiting',
  auth: 'function',
  summary:
    "F&O's own action for any job, without the policy and without using budget. The service follows the run as after any requeue",
  answers: {
    200: 'F&O answered: `isSuccess` shows the result',
    202: 'The service does not know whether F&O acted, or has sent the same request before: the history will show the result',
  },
  problems: [...byHandProblems, 'fno-unavailable', 'request-unsettled'],
  async handle(useCases, request, params) {
    const key = readKey(useCases, request, params);
    return answerSetToWaiting(key, await useCases.setToWaiting(key, await readOperatorRequest(request)));
  },
};

export const resetRoute = controlRoute('reset', 'Gives a job its whole budget again: a new episode begins');
export const pauseRoute = controlRoute(
  'pause',
  'The service sends nothing for the job until you resume it, even if it has no record yet. A request that is under way is still settled',
);
export const resumeRoute = controlRoute(
  'resume',
  'Ends the pause. This does not retry failures that were decided `paused`: use retry',
);

function controlRoute(control: Control, summary: string): Route {
  return {
    name: `${control}-batch-job`,
    method: 'POST',
    path: `batch-jobs/{jobId}/${control}`,
    auth: 'function',
    summary,
    answers: { 200: 'The job' },
    problems: byHandProblems,
    async handle(useCases, request, params) {
      const key = readKey(useCases, request, params);
      const job = await useCases.control(key, control, await readOperatorRequest(request));
      if (job) return jsonAnswer(job);
      throw new Problem(
        'not-found',
        `The service has no record of batch job ${key.jobId} in ${key.environment}.`,
      );
    },
  };
}

/**
 * App Service authentication names the caller in these headers, and removes them from requests that come from
 * outside.
 */
async function readOperatorRequest(request: RouteRequest): Promise<OperatorRequest> {
  const { reason } = await readReason(request);
  const { headers } = request;
  const by = headers.get('x-ms-client-principal-name') ?? headers.get('x-ms-client-principal-id');
  const requestId = headers.get('x-ms-client-request-id')?.slice(0, 64) ?? null;
  return { reason, by: by?.slice(0, 200) ?? 'a caller with the function key', requestId };
}

function answerSetToWaiting(key: BatchJobKey, result: SetToWaiting): RouteAnswer {
  switch (result.kind) {
    case 'answered':
      return jsonAnswer({ ...key, ...result.action });
    case 'unknown': {
      const nothing = { responseStatusCode: null, isSuccess: null, exceptionDetails: null };
      return jsonAnswer({ ...key, ...nothing, responseMessage: result.reason }, 202);
    }
    case 'unsettled': {
      const detail = `A request for this job was sent, and its result is not known before ${result.until.toISOString()}. The job's history will show it.`;
      throw new Problem('request-unsettled', detail);
    }
    case 'not-taken':
      throw unavailable(result.reason);
    case 'fno-unavailable':
      throw unavailable(result.outcome.answer.message);
    case 'no-such-job':
      throw noSuchJob(key);
  }
}

function noSuchJob({ environment, jobId }: BatchJobKey): Problem {
  return new Problem('not-found', `F&O has no batch job ${jobId} in ${environment}.`);
}

function unavailable(message: string | null): Problem {
  return new Problem('fno-unavailable', `F&O did not act: ${message ?? 'no answer'}`);
}
