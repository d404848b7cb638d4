import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { registerHooks } from 'node:module';
import { pipeline } from 'node:stream/promises';

type Binding = {
  type: string;
  route?: string;
  methods?: string[];
  authLevel?: string;
  schedule?: string;
  queueName?: string;
  connection?: string;
};

type RegisteredFunction = {
  name: string;
  trigger: Binding;
  bindings: Record<string, Binding>;
  retryOptions: unknown;
  callback: unknown;
};

type LogLine = {
  level: string;
  /** `user` for what the app logs through the invocation's context. */
  category: string;
  message: string;
  /** Null for what belongs to no invocation. */
  functionName: string | null;
  invocationId: string | null;
};

export type FunctionsHost = {
  /** `http://127.0.0.1:<port>/api` */
  url: string;
  functions: readonly RegisteredFunction[];
  logs: readonly LogLine[];
  /** The invocations so far, in their order. */
  invocations: readonly { functionName: string; invocationId: string }[];
  /**
   * Calls a function that is not of HTTP with its trigger's input, as the worker hands it over. Resolves with
   * what it put out.
   */
  trigger: (
    functionName: string,
    input: object,
    metadata?: Record<string, object>,
    retryContext?: { retryCount: number; maxRetryCount: number },
  ) => Promise<readonly { name: string; data: unknown }[]>;
  /** Runs the app's hooks of the worker's end, as the worker does before it exits. */
  terminate: () => Promise<void>;
  close: () => Promise<void>;
};

type InvocationModel = {
  getArguments: () => Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction: (context: unknown, inputs: unknown[], callback: unknown) => Promise<unknown>;
  getResponse: (
    context: unknown,
    result: unknown,
  ) => Promise<{ outputData?: readonly { name: string; data: unknown }[] }>;
};
type ProgrammingModel = {
  getCapabilities: (capabilities: Record<string, string>) => Promise<{ HttpUri?: string }>;
  getInvocationModel: (context: object) => InvocationModel;
};

/**
 * What the real @azure/functions library needs of the Functions worker, in process: it registers the real app,
 * and an HTTP server stands for the platform's front end. Requests reach the library over its own HTTP proxy,
 * as they do with streaming on Azure. No key is asked for. The library's set-up is once a process, so one host
 * a test file.
 */
export async function startFunctionsHost(loadApp: () => unknown): Promise<FunctionsHost> {
  const functions: RegisteredFunction[] = [];
  const logs: LogLine[] = [];
  const hooks: { name: string; callback: (context: object) => unknown }[] = [];
  const invocations: { functionName: string; invocationId: string }[] = [];
  let model: ProgrammingModel | undefined;
  provideCore({
    version: '1.0.0',
    registerHook: (name: string, callback: (context: object) => unknown) => {
      hooks.push({ name, callback });
      return { dispose: () => undefined };
    },
    setProgrammingModel: (given: ProgrammingModel) => {
      model = given;
    },
    getProgrammingModel: () => model,
    log: (level: string, category: string, message: string) =>
      void logs.push({ level, category, message, functionName: null, invocationId: null }),
    registerFunction: (
      metadata: { name: string; bindings: Record<string, Binding>; retryOptions?: unknown },
      callback: unknown,
    ) => {
      const { name, bindings, retryOptions } = metadata;
      const trigger = Object.values(bindings).find(({ type }) => type.endsWith('Trigger'));
      if (!trigger) throw new Error(`${name} has no trigger`);
      functions.push({ name, trigger, bindings, retryOptions, callback });
      return { dispose: () => undefined };
    },
  });
  await loadApp();
  const loaded = loadedModel(model);
  const { HttpUri } = await loaded.getCapabilities({});
  if (HttpUri === undefined) throw new Error('The app does not stream');

  const invoke = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const url = new URL(incoming.url ?? '/', `http://${incoming.headers.host}`);
    const found = findFunction(functions, incoming.method ?? '', url.pathname);
    if (!found) return void outgoing.writeHead(404).end();
    const { name: functionName, bindings, callback } = found.registered;
    const invocationId = randomUUID();
    invocations.push({ functionName, invocationId });
    const invocation = loaded.getInvocationModel({
      invocationId,
      metadata: { name: functionName, bindings },
      request: {
        inputData: Object.entries(bindings)
          .filter(([, { type }]) => type.endsWith('Trigger'))
          .map(([name]) => ({ name, data: {} })),
        triggerMetadata: {
          Headers: { json: JSON.stringify(incoming.headers) },
          ...Object.fromEntries(Object.entries(found.params).map(([name, string]) => [name, { string }])),
        },
      },
      log: (level: string, category: string, message: string) =>
        void logs.push({ level, category, message, functionName, invocationId }),
    });
    const handle = async () => {
      const { context, inputs } = await invocation.getArguments();
      const result = await invocation.invokeFunction(context, inputs, callback);
      await invocation.getResponse(context, result);
    };
    await Promise.all([
      forward(incoming, outgoing, new URL(`${url.pathname}${url.search}`, HttpUri), {
        ...incoming.headers,
        'x-ms-invocation-id': invocationId,
        'x-forwarded-host': url.host,
        'x-forwarded-proto': 'http',
      }),
      handle(),
    ]);
  };

  const server = createServer((incoming, outgoing) => {
    invoke(incoming, outgoing).catch((error: unknown) => {
      const message = `unhandled: ${String(error)}`;
      logs.push({ level: 'error', category: 'host', message, functionName: null, invocationId: null });
      outgoing.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/api`,
    functions,
    logs,
    invocations,
    trigger: async (functionName, input, metadata = {}, retryContext) => {
      const found = functions.find(({ name }) => name === functionName);
      if (!found) throw new Error(`No function is named ${functionName}`);
      const invocationId = randomUUID();
      invocations.push({ functionName, invocationId });
      const invocation = loaded.getInvocationModel({
        invocationId,
        metadata: { name: functionName, bindings: found.bindings },
        request: {
          inputData: Object.entries(found.bindings)
            .filter(([, { type }]) => type.endsWith('Trigger'))
            .map(([name]) => ({ name, data: input })),
          triggerMetadata: metadata,
          retryContext,
        },
        log: (level: string, category: string, message: string) =>
          void logs.push({ level, category, message, functionName, invocationId }),
      });
      const { context, inputs } = await invocation.getArguments();
      const result = await invocation.invokeFunction(context, inputs, found.callback);
      return (await invocation.getResponse(context, result)).outputData ?? [];
    },
    terminate: async () => {
      for (const { callback } of hooks.filter(({ name }) => name === 'appTerminate')) {
        await callback({ hookData: {}, appHookData: {} });
      }
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function loadedModel(model: ProgrammingModel | undefined): ProgrammingModel {
  if (!model) throw new Error('The app did not load @azure/functions');
  return model;
}

/** What `require('@azure/functions-core')` gives from now on; on Azure the worker provides it. */
function provideCore(core: object): void {
  Object.assign(globalThis, { functionsCore: core });
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === '@azure/functions-core'
        ? { url: 'functions-core:', format: 'commonjs', shortCircuit: true }
        : next(specifier, context),
    load: (url, context, next) =>
      url === 'functions-core:'
        ? { format: 'commonjs', source: 'module.exports = globalThis.functionsCore;', shortCircuit: true }
        : next(url, context),
  });
}

function findFunction(functions: readonly RegisteredFunction[], method: string, path: string) {
  for (const registered of functions) {
    const { route = '', methods = [] } = registered.trigger;
    const pattern = new RegExp(`^/api/${route.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}/?$`, 'i');
    const match = methods.includes(method) ? pattern.exec(path) : null;
    if (match) {
      const params: Record<string, string> = {};
      for (const [name, value] of Object.entries(match.groups ?? {})) params[name] = decoded(value);
      return { registered, params };
    }
  }
  return null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * As the platform's reverse proxy does: the answer is passed on though the request may still be on its way; what
 * is left of that is read and thrown away, and the connection to the app is kept if all of it had gone out.
 */
async function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  url: URL,
  headers: Record<string, string | string[] | undefined>,
): Promise<void> {
  const proxied = request(url, { method: incoming.method, headers });
  proxied.on('error', () => incoming.resume());
  incoming.once('close', () => {
    if (!incoming.complete) proxied.destroy();
  });
  const answered = once(proxied, 'response');
  incoming.pipe(proxied);
  const [response]: IncomingMessage[] = await answered;
  if (!response) throw new Error('no response');
  outgoing.writeHead(response.statusCode ?? 500, response.headers);
  await pipeline(response, outgoing);
  if (proxied.writableFinished) return;
  proxied.destroy();
  incoming.unpipe(proxied).resume();
}
