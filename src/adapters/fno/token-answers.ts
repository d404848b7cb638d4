import { AsyncLocalStorage } from 'node:async_hooks';
import type { HttpClient } from '@azure/core-rest-pipeline';

/** What a token endpoint answered; `status` is null if it could not be reached, and `body` says why. */
export type TokenAnswer = { url: string; status: number | null; body: string };

/** One for the process: @azure/identity goes on using the client that it was first given for managed identities. */
const answersOfCall = new AsyncLocalStorage<TokenAnswer[]>();

/**
 * Calls, and if that fails, rejects with what `explain` makes of the error and of what this call was answered. The
 * errors of @azure/identity tell neither the HTTP status (always 400) nor, of an unknown tenant, the reason.
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

/** The client, its answers remembered for the call they are given to. */
export function rememberingAnswers(client: HttpClient): HttpClient {
  return {
    async sendRequest(request) {
      const { url } = request;
      try {
        const response = await client.sendRequest(request);
        remember({ url, status: response.status, body: response.bodyAsText ?? '' });
        return response;
      } catch (error) {
        remember({ url, status: null, body: reasonOf(error) });
        throw error;
      }
    },
  };
}

function remember(answer: TokenAnswer): void {
  answersOfCall.getStore()?.push(answer);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
