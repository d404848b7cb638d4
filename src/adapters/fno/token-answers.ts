import { AsyncLocalStorage } from 'node:async_hooks';
import type { HttpClient } from '@azure/core-rest-pipeline';

/** A token endpoint's answer. `status` is null if nothing answered, and `body` then says why. */
export type TokenAnswer = { url: string; status: number | null; body: string };

/** One for the process: for managed identities, @azure/identity keeps using the first client that it gets. */
const answersOfCall = new AsyncLocalStorage<TokenAnswer[]>();

/**
 * Runs `call`. If it fails, rejects with the error that `explain` makes of the failure and of the answers to this
 * call. @azure/identity's errors show neither the HTTP status (always 400) nor, for an unknown tenant, the reason.
 */
export async function explaining<Result>(
  call: () => Promise<Result>,
  explain: (error: unknown, answers: readonly TokenAnswer[]) => Error,
): Promise<Result> {
  const answers: TokenAnswer[] = [];
  try {
    return await answersOfCall.run(answers, call);
  } catch (error) {
    throw explain(error, answers);
  }
}

/** Wraps the client so that it records each answer for the call that got it. */
export function rememberingAnswers(client: HttpClient): HttpClient {
  return {
    async sendRequest(request) {
      const { url } = request;
      try {
        const response = await client.sendRequest(request);
        record({ url, status: response.status, body: response.bodyAsText ?? '' });
        return response;
      } catch (error) {
        record({ url, status: null, body: reasonOf(error) });
        throw error;
      }
    },
  };
}

function record(answer: TokenAnswer): void {
  answersOfCall.getStore()?.push(answer);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
