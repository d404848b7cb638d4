import type { QueueClient } from '@azure/storage-queue';
import { callStore, startDeadline } from './call-store.ts';
import { isAnswer } from './store-answer.ts';

export type QueueClients = { work: QueueClient; setAside: QueueClient };

/** The two queues, which are made when one is found missing. */
export class WorkQueues {
  readonly #connect: () => Promise<QueueClients>;

  constructor(connect: () => Promise<QueueClients>) {
    this.#connect = connect;
  }

  /** One request to one of the queues, again where that may help. */
  async call<Result>(
    queue: keyof QueueClients,
    send: (client: QueueClient, abortSignal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const clients = await this.#connect();
    const deadline = startDeadline();
    const call = () => callStore(deadline, (signal) => send(clients[queue], signal));
    try {
      return await call();
    } catch (error) {
      if (!isAnswer(error, 'QueueNotFound')) throw error;
      await make(clients, deadline);
      return await call();
    }
  }
}

/** Creating a queue that is there is no error. */
async function make({ work, setAside }: QueueClients, deadline: AbortSignal): Promise<void> {
  await Promise.all(
    [work, setAside].map((queue) => callStore(deadline, (abortSignal) => queue.create({ abortSignal }))),
  );
}
