import type { ActionAnswer } from './action-answer.ts';
import type { Answer } from './answer.ts';
import { odataError } from './answer.ts';
import { int64Of, parseObject } from './json.ts';
import type { SimulatedBatchJobs } from './simulated-batch-jobs.ts';

export const actionPath = '/data/BatchJobs/Microsoft.Dynamics.DataEntities.SetBatchJobToWaiting';

/** Reads the job id from a body like `{"batchJobId":5637144576}`; for any other body, returns the answer to it. */
export function readActionBody(text: string): { jobId: string } | { refusal: Answer } {
  const body = parseObject(text);
  if (!body) return { refusal: badRequest('The request body is not a JSON object.') };
  const unknown = Object.keys(body).find((name) => name !== 'batchJobId');
  if (unknown !== undefined) return { refusal: badRequest(`The action has no parameter '${unknown}'.`) };
  if (!('batchJobId' in body)) return { refusal: badRequest("The parameter 'batchJobId' is missing.") };
  const jobId = int64Of(body.batchJobId);
  return jobId === null
    ? { refusal: badRequest("The parameter 'batchJobId' is not an Edm.Int64.") }
    : { jobId };
}

/** Performs the action. A refusal also comes with HTTP 200. */
export function setBatchJobToWaiting(jobs: SimulatedBatchJobs, jobId: string): ActionAnswer {
  const result = jobs.setToWaiting(jobId);
  switch (result.kind) {
    case 'accepted':
      return {
        responseStatusCode: 200,
        isSuccess: true,
        jobId,
        exceptionDetails: '',
        message: `Batch job ${jobId} was set to waiting`,
      };
    case 'unknown-job':
      return refusal(jobId, 404, result.message);
    case 'wrong-status':
      return refusal(jobId, 400, result.message);
  }
}

export function refusal(jobId: string, responseStatusCode: number, message: string): ActionAnswer {
  return { responseStatusCode, isSuccess: false, jobId, exceptionDetails: message, message };
}

function badRequest(message: string): Answer {
  return odataError(400, message, 'Microsoft.OData.ODataException');
}
