import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { registerHooks } from 'node:module';
import { pipeline } from 'node:stream/promises';

type Binding = { type: string; route?: string; methods?: string[]; authLevel?: string };
type RegisteredFunction = {
  name: string;
  trigger: Binding;
  bindings: Record<string, Binding>;
  callback: unknown;
};

type InvocationModel = {
  getArguments: () => Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction: (context: unknown, inputs: unknown[], callback: unknown) => Promise<unknown>;
  getResponse: (context: unknown, result: unknown) => Promise<unknown>;
};
type ProgrammingModel = {
  getCapabilities: (capabilities: Record<string, string>) => Promise<{ HttpUri?: string }>;
  getInvocationModel: (context: object) => InvocationModel;
};

/**
 * What the real @azure/functions library needs of the Functions worker, in process: it registers the real app,
 * and an HTTP server stands for the platform's front end. Requests reach the library over its own HTTP proxy,
 * as they do with streaming on Azure. The library's set-up is once a process, so one host a test file.
 */
export async function startFunctionsHost(loadApp: () => Promise<void>) {
  const functions: RegisteredFunction[] = [];
  const logs: string[] = [];
  let model: ProgrammingModel | undefined;
  provideCore({
    version: '1.0.0',
    registerHook: () => ({ dispose: () => undefined }),
    setProgrammingModel: (given: ProgrammingModel) => {
      model = given;
    },
    getProgrammingModel: () => model,
    log: (_level: string, _category: string, message: string) => void logs.push(message),
    registerFunction: (metadata: { name: string; bindings: Record<string, Binding> }, callback: unknown) => {
      const trigger = Object.values(metadata.bindings).find(({ type }) => type.endsWith('Trigger'));
      if (!trigger) throw new Error(`${metadata.name} has no trigger`);
      functions.push({ name: metadata.name, trigger, bindings: metadata.bindings, callback });
      return { dispose: () => undefined };
    },
    Disposable: Object,
  });
  await loadApp();
  if (!model) throw new Error('The app did not load @azure/functions');
  const { HttpUri } = await model.getCapabilities({});
  if (HttpUri === undefined) throw new Error('The app does not stream');

  const invoke = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const url = new URL(incoming.url ?? '/', `http://${incoming.headers.host}`);
    const found = findFunction(functions, incoming.method ?? '', url.pathname);
    if (!found || !model) return void outgoing.writeHead(404).end();
    const invocationId = randomUUID();
    const invocation = model.getInvocationModel({
      invocationId,
      metadata: { name: found.registered.name, bindings: found.registered.bindings },
      request: {
        inputData: Object.keys(found.registered.bindings)
          .filter((name) => name !== '$return')
          .map((name) => ({ name, data: {} })),
        triggerMetadata: {
          Headers: { json: JSON.stringify(incoming.headers) },
          ...Object.fromEntries(Object.entries(found.params).map(([name, string]) => [name, { string }])),
        },
      },
      log: (_level: string, _category: string, message: string) => void logs.push(message),
    });
    const answered = forward(incoming, outgoing, new URL(`${url.pathname}${url.search}`, HttpUri), {
      ...incoming.headers,
      'x-ms-invocation-id': invocationId,
      'x-forwarded-host': url.host,
      'x-forwarded-proto': 'http',
    });
    const { context, inputs } = await invocation.getArguments();
    const result = await invocation.invokeFunction(context, inputs, found.registered.callback);
    await invocation.getResponse(context, result);
    await answered;
  };
  const server = createServer((incoming, outgoing) => {
    invoke(incoming, outgoing).catch((error: unknown) => {
      logs.push(`unhandled: ${String(error)}`);
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
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
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
    const pattern = new RegExp(`^/api/${route.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
    const match = methods.includes(method) ? pattern.exec(path) : null;
    if (match) return { registered, params: { ...match.groups } };
  }
  return null;
}

async function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  url: URL,
  headers: Record<string, string | string[] | undefined>,
): Promise<void> {
  const proxied = request(url, { method: incoming.method, headers });
  const answered = once(proxied, 'response');
  const sent = pipeline(incoming, proxied).catch(() => undefined);
  const [response]: IncomingMessage[] = await answered;
  if (!response) throw new Error('no response');
  outgoing.writeHead(response.statusCode ?? 500, response.headers);
  await pipeline(response, outgoing);
  await sent;
}
