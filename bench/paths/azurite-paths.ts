import { setTimeout as sleep } from 'node:timers/promises';
import { type Azurite, startAzurite } from '../../test/helpers/azurite.ts';
import { type Contender, service, type Surroundings, toRequest } from '../contenders.ts';
import type { Failures, SentEvent } from '../events.ts';
import { benchFile, type Program, startProgram } from '../processes/start-program.ts';
import { type Plan, planOf, type Recorded } from '../storage-operations.ts';
import { inTurn, type RequestPath } from './measure-requests.ts';

/** What the service asks of the storage account before it answers an event. */
export type AzuritePlans = Record<'requeue' | 'duplicate' | 'noMatch', Plan>;

/** How long a service is left alone, in ms, until it has nothing to do. */
const quietMs = 3000;

/** The service with a new Azurite of its own. */
export function serviceOnAzurite(name: string, sources: string, ...nodeOptions: string[]): Contender {
  return withAzurite((azurite) => service(name, sources, () => storeOf(azurite), nodeOptions), name, true);
}

/** The SDK alone, which repeats the operations of a plan. */
function bareSdk(plan: Plan): Contender {
  const name = 'the same operations by the bare SDK';
  const start = (azurite: Azurite, { folder }: Surroundings) =>
    startProgram({
      name: 'peer',
      command: ['--disable-warning=ExperimentalWarning', benchFile('peers/storage-sdk.ts')],
      environment: { ...storeOf(azurite), PLAN: JSON.stringify(plan) },
      folder,
    });
  return withAzurite(
    (azurite) => ({ name, hasEnvironments: false, start: (around) => start(azurite, around) }),
    name,
    false,
  );
}

function withAzurite(on: (azurite: Azurite) => Contender, name: string, hasEnvironments: boolean): Contender {
  return {
    name,
    hasEnvironments,
    start: async (around) => {
      const azurite = await startAzurite();
      const program = await on(azurite)
        .start(around)
        .catch(async (error: unknown) => {
          await azurite.stop();
          throw error;
        });
      return {
        ...program,
        [Symbol.asyncDispose]: async () => {
          await program[Symbol.asyncDispose]();
          await azurite.stop();
        },
      };
    },
  };
}

function storeOf(azurite: Azurite): Record<string, string> {
  return { STORE: 'azure', AzureWebJobsStorage: azurite.connectionString() };
}

function expected(decision: string): (contender: Contender) => string {
  return ({ hasEnvironments }) => `"decision":"${hasEnvironments ? decision : 'kept'}"`;
}

export function azuritePaths(services: readonly Contender[], plans: AzuritePlans): RequestPath[] {
  return [
    {
      name: 'azurite-requeue',
      contenders: [...services, bareSdk(plans.requeue)],
      events: (failures) => () => failures.listed(),
      expected: expected('requeued'),
      requeues: (contender) => contender.hasEnvironments,
      amount: 1000,
    },
    {
      name: 'azurite-duplicate',
      contenders: [...services, bareSdk(plans.duplicate)],
      before: (failures) => Array.from({ length: 100 }, () => failures.listed()),
      events: (_, before) => inTurn(before),
      expected: expected('duplicate'),
      requeues: () => false,
      amount: 1000,
    },
    {
      name: 'azurite-no-match',
      contenders: [...services, bareSdk(plans.noMatch)],
      events: (failures) => () => failures.unlisted(),
      expected: expected('ignored'),
      requeues: () => false,
    },
  ];
}

/** Sends single events to a service that has nothing else to do, and records what it asks of the storage account. */
export async function recordPlans(
  sources: string,
  around: Surroundings,
  failures: Failures,
): Promise<AzuritePlans> {
  const recorder = ['--import', new URL('../processes/record-operations.mjs', import.meta.url).href];
  await using server = await serviceOnAzurite('the recorded service', sources, ...recorder).start(around);
  // The first event makes the tables. One of each environment: a process remembers what it has read of them.
  for (let sent = 0; sent < 16; sent++) await send(server, failures.listed());
  const listed = failures.listed();
  return {
    requeue: await record(server, listed),
    duplicate: await record(server, listed),
    noMatch: await record(server, failures.unlisted()),
  };
}

async function record(server: Program, event: SentEvent): Promise<Plan> {
  await sleep(quietMs);
  await server.ask('operations');
  const fromMs = performance.timeOrigin + performance.now();
  await send(server, event);
  const answeredMs = performance.timeOrigin + performance.now();
  const operations: Recorded[] = JSON.parse(String(await server.ask('operations')));
  return planOf(operations, fromMs, answeredMs);
}

async function send({ url }: Program, event: SentEvent): Promise<void> {
  const { path, body } = toRequest(event);
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
}
