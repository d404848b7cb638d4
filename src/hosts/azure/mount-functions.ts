import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { workQueueName } from '../../ports/work-queue.ts';
import type { MountedRoute, RouteAnswer, RouteRequest, Service } from '../../service.ts';
import type { WorkMessage } from '../../usecases/work/consume-work-message.ts';

/** Runs an invocation's handler so that its logs belong to the invocation. */
export type InInvocation = <Result>(
  context: InvocationContext,
  handle: () => Promise<Result>,
) => Promise<Result>;

/**
 * Registers one function for each route, so that each has its row, metrics and key in the Azure portal.
 * Streaming, because otherwise the library drops a chunked body.
 */
export function mountRoutes({ routes }: Pick<Service, 'routes'>, inInvocation: InInvocation): void {
  app.setup({ enableHttpStream: true });
  for (const route of routes) {
    app.http(route.name, {
      methods: [route.method],
      authLevel: route.auth,
      route: route.path,
      handler: async (request, context) =>
        toHttpResponse(await inInvocation(context, () => handle(route, request))),
    });
  }
}

/** Runs `act` before the worker ends. */
export function onTerminate(act: () => Promise<void>): void {
  app.hook.appTerminate(act);
}

type WorkService = Pick<Service, 'consumeWorkMessage' | 'pollWorkQueue' | 'pruneHistory' | 'sweep'>;

/** Registers the function that processes due work: the queue's trigger, or a timer for a store without one. */
export function mountWork(service: WorkService, store: 'sqlite' | 'azure', inInvocation: InInvocation): void {
  if (store === 'azure') {
    app.storageQueue('process-job', {
      queueName: workQueueName,
      connection: 'AzureWebJobsStorage',
      handler: (item, context) =>
        inInvocation(context, () => service.consumeWorkMessage({ value: item, receipt: receiptOf(context) })),
    });
  } else {
    app.timer('poll-work-queue', {
      schedule: '*/10 * * * * *',
      handler: (_timer, context) => inInvocation(context, async () => void (await service.pollWorkQueue())),
    });
  }
  app.timer('sweep', {
    schedule: '0 7 * * * *',
    handler: (_timer, context) => inInvocation(context, async () => void (await service.sweep())),
  });
  app.timer('prune-history', {
    schedule: '0 30 3 * * *',
    handler: (_timer, context) => inInvocation(context, async () => void (await service.pruneHistory())),
  });
}

/** Registers the timer of the watch. It ticks 20 s after the minute, when other timers have done their work. */
export function mountWatch(
  service: Pick<Service, 'watch'>,
  everyMinutes: number | null,
  inInvocation: InInvocation,
): void {
  if (everyMinutes === null) return;
  app.timer('watch', {
    schedule: everyMinutes === 60 ? '20 0 * * * *' : `20 */${everyMinutes} * * * *`,
    handler: (_timer, context) => inInvocation(context, async () => void (await service.watch())),
  });
}

/**
 * Reads the receipt that the host holds for a message; null if it gives none.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger#message-metadata
 */
function receiptOf({ triggerMetadata = {} }: InvocationContext): WorkMessage['receipt'] {
  const { id, popReceipt } = triggerMetadata;
  const hasReceipt = typeof id === 'string' && typeof popReceipt === 'string';
  return hasReceipt ? `${id} ${popReceipt}` : null;
}

function handle(route: MountedRoute, request: HttpRequest): Promise<RouteAnswer> {
  const { url, method, headers, params, body } = request;
  const readBody: RouteRequest['readBody'] = async (take) => {
    for await (const chunk of body ?? []) if (!take(chunk)) break;
  };
  return route.handle({ method, url, headers, readBody }, params);
}

/** The library gives a body without a character a Content-Type. */
function toHttpResponse({ status, headers, body }: RouteAnswer): HttpResponseInit {
  return body === null ? { status, headers } : { status, headers, body };
}
