import type { QueueClient } from '@azure/storage-queue';
import { callStore, callStoreOnce, type SentOnce, startDeadline } from '../calls/call-store.ts';
import { isAnswer } from '../calls/store-answer.ts';

export type QueueClients = { work: QueueClient; deadLetters: QueueClient };

type Send<Result> = (client: QueueClient, abortSignal: AbortSignal) => Promise<Result>;

/** The two queues, which are made when one is found missing. */
export class WorkQueues {
  readonly #connect: () => Promise<QueueClients>;

  constructor(connect: () => Promise<QueueClients>) {
    this.#connect = connect;
  }

  /** One request to one of the queues, again where that may help. */
  call<Result>(queue: keyof QueueClients, send: Send<Result>): Promise<Result> {
    return this.#orMake((clients, deadline) => callStore(deadline, (signal) => send(clients[queue], signal)));
  }

  /** One request to one of the queues, never again unless the first certainly was not taken. */
  sendOnce(queue: keyof QueueClients, send: Send<unknown>): Promise<SentOnce> {
    return this.#orMake((clients, deadline) =>
      callStoreOnce(deadline, (signal) => send(clients[queue], signal)),
    );
  }

  async #orMake<Result>(
    call: (clients: QueueClients, deadline: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const clients = await this.#connect();
    const deadline = startDeadline();
    try {
      return await call(clients, deadline);
    } catch (error) {
      if (!isAnswer(error, 'QueueNotFound')) throw error;
      await make(clients, deadline);
      return await call(clients, deadline);
    }
  }
}

/** Creating a queue that is there is no error. */
async function make({ work, deadLetters }: QueueClients, deadline: AbortSignal): Promise<void> {
  await Promise.all(
    [work, deadLetters].map((queue) => callStore(deadline, (abortSignal) => queue.create({ abortSignal }))),
  );
}
