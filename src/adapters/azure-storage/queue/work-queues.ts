import type { QueueClient } from '@azure/storage-queue';
import { callStore, callStoreOnce, type SentOnce, startDeadline } from '../calls/call-store.ts';
import { isAnswer } from '../calls/store-answer.ts';

export type QueueClients = { work: QueueClient; deadLetters: QueueClient };

type Send<Result> = (client: QueueClient, abortSignal: AbortSignal) => Promise<Result>;

/** The two queues. Creates them when one is missing. */
export class WorkQueues {
  readonly #connect: () => Promise<QueueClients>;

  constructor(connect: () => Promise<QueueClients>) {
    this.#connect = connect;
  }

  /** Sends one request to a queue, and retries transient errors. */
  call<Result>(queue: keyof QueueClients, send: Send<Result>): Promise<Result> {
    return this.#orCreate((clients, deadline) =>
      callStore(deadline, (signal) => send(clients[queue], signal)),
    );
  }

  /** Sends one request to a queue, and retries it only if nothing was sent. */
  sendOnce(queue: keyof QueueClients, send: Send<unknown>): Promise<SentOnce> {
    return this.#orCreate((clients, deadline) =>
      callStoreOnce(deadline, (signal) => send(clients[queue], signal)),
    );
  }

  async #orCreate<Result>(
    call: (clients: QueueClients, deadline: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const clients = await this.#connect();
    const deadline = startDeadline();
    try {
      return await call(clients, deadline);
    } catch (error) {
      if (!isAnswer(error, 'QueueNotFound')) throw error;
      await createQueues(clients, deadline);
      return await call(clients, deadline);
    }
  }
}

/** Creating a queue that exists succeeds. */
async function createQueues({ work, deadLetters }: QueueClients, deadline: AbortSignal): Promise<void> {
  await Promise.all(
    [work, deadLetters].map((queue) => callStore(deadline, (abortSignal) => queue.create({ abortSignal }))),
  );
}
