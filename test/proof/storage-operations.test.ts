import { afterAll, expect, test } from 'vitest';
import { parseJobId } from '../../src/domain/job-id.ts';
import { serializeWork, type WorkItem } from '../../src/ports/work-item.ts';
import { aService, failureEvent, nightlyPosting, type TestService } from '../helpers/a-service.ts';
import { everyJob } from '../helpers/policies.ts';
import { aSubscription } from '../helpers/a-subscription.ts';
import { type AzuriteProxy, startProxy } from '../helpers/azurite-proxy.ts';
import { startAzurite } from '../helpers/azurite.ts';
import { startCallbackServer } from '../helpers/callback-server.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { type Requests, storageCosts } from './storage-costs.ts';

const azurite = await startAzurite();
const [tables, queues] = await Promise.all([startProxy(azurite.tableUrl), startProxy(azurite.queueUrl)]);
const callbacks = await startCallbackServer();
afterAll(async () => {
  await Promise.all([tables.stop(), queues.stop(), callbacks[Symbol.asyncDispose]()]);
  await azurite.stop();
});

const minute = 60_000;
let jobs = 0;

/** A service and a job of its own. `enqueued` holds the items of the work queue that nobody has consumed. */
type World = {
  service: TestService;
  clock: ManualClock;
  jobId: string;
  enqueued: WorkItem[];
  failAgain: () => Promise<string>;
};

async function aWorld(policy: object): Promise<World> {
  const clock = new ManualClock();
  const enqueued: WorkItem[] = [];
  const jobId = String(++jobs);
  const service = await aService({
    policy,
    clock,
    jobs: [{ ...nightlyPosting, jobId }],
    storageConnection: azurite.connectionString(tables.url, queues.url),
    settings: { CALLBACK_HOSTS: callbacks.origin },
    wrapQueue: (queue) => {
      const enqueue = queue.enqueue.bind(queue);
      queue.enqueue = (item, options) => {
        enqueued.push(item);
        return enqueue(item, options);
      };
      return queue;
    },
  });
  const failAgain = async () => {
    if (service.sandbox.job(jobId).status === 'Error') service.sandbox.setStatus(jobId, 'Waiting');
    return failureEvent(service, jobId);
  };
  // Loads the SDKs, and makes the tables and queues.
  service.sandbox.addJob({ ...nightlyPosting, jobId: '999' });
  await service.deliver(await failureEvent(service, '999'));
  enqueued.length = 0;
  return { service, clock, jobId, enqueued, failAgain };
}

type Play = {
  policy?: object;
  /** What happens before; the requests of it do not count. Resolves to the event to deliver, or null for none. */
  prepare: (world: World) => Promise<string | null>;
  /** The kinds of the items that the queue's function consumes after the answer, or after `prepare`. */
  consumes?: WorkItem['kind'][];
  /** Whether the watch looks after that. */
  looks?: true;
};

/** Another failure of another job in the same minute, within the seconds for which a list counts. */
async function atOnceAfterAnother({ service, clock }: World, event: string): Promise<string> {
  const other = `1${++jobs}`;
  service.sandbox.addJob({ ...nightlyPosting, jobId: other });
  await service.deliver(await failureEvent(service, other));
  await clock.advance(1000);
  return event;
}

const plays: Record<string, Play> = {
  'no match': {
    policy: { jobs: [{ name: 'Another', match: { jobId: ['999'] } }] },
    prepare: ({ failAgain }) => failAgain(),
  },
  duplicate: {
    prepare: async ({ service, failAgain }) => {
      const event = await failAgain();
      await service.deliver(event);
      return event;
    },
  },
  requeue: {
    prepare: async (world) => {
      await world.service.deliver(await world.failAgain());
      return atOnceAfterAnother(world, await world.failAgain());
    },
  },
  'requeue, the first of a minute': {
    prepare: async ({ service, clock, failAgain }) => {
      await service.deliver(await failAgain());
      await clock.advance(minute);
      return failAgain();
    },
  },
  'requeue, the first of a job': {
    prepare: async (world) => atOnceAfterAnother(world, await world.failAgain()),
  },
  'requeue to which somebody subscribed': {
    prepare: async (world) => {
      await world.service.subscriptions.add(
        aSubscription({ callbackUrl: `${callbacks.origin}/callback`, jobId: asJobId(world) }),
      );
      await world.service.deliver(await world.failAgain());
      await consume(world, 'publish');
      return atOnceAfterAnother(world, await world.failAgain());
    },
    consumes: ['publish', 'deliver'],
  },
  'delayed by the policy': {
    policy: { defaults: { delays: ['PT0S', 'PT10M'] }, ...everyJob },
    prepare: async ({ service, clock, failAgain }) => {
      await service.deliver(await failAgain());
      await clock.advance(minute);
      return failAgain();
    },
  },
  exhausted: {
    policy: { defaults: { maxRetries: 1 }, ...everyJob },
    prepare: async ({ service, failAgain }) => {
      await service.deliver(await failAgain());
      return failAgain();
    },
    consumes: ['publish'],
  },
  'follow-up: still running': { prepare: requeued, consumes: ['wake'] },
  'follow-up: recovered': {
    prepare: async (world) => {
      await requeued(world);
      world.service.sandbox.setScript(world.jobId, { kind: 'succeed' });
      await world.service.sandbox.run(world.jobId);
      await world.clock.advance(minute);
      return null;
    },
    consumes: ['wake'],
  },
  'the watch: a look that finds nothing': {
    prepare: async ({ service, clock }) => {
      await service.service.watch();
      await clock.advance(5 * minute);
      return null;
    },
    looks: true,
  },
};

async function requeued({ service, clock, failAgain }: World): Promise<null> {
  await service.deliver(await failAgain());
  await clock.advance(minute);
  return null;
}

/** Does what the queue's trigger does with the newest item of a kind. */
async function consume({ service, enqueued }: World, kind: WorkItem['kind']): Promise<void> {
  const item = enqueued.findLast((one) => one.kind === kind);
  if (!item) throw new Error(`No ${kind} is in the queue.`);
  const value: unknown = JSON.parse(serializeWork(item));
  await service.service.consumeWorkMessage({ value, receipt: null });
}

test.each(storageCosts)('$path: as many requests and bytes as the page says', async (expected) => {
  const play = plays[expected.path];
  if (!play) throw new Error(`Nobody plays "${expected.path}".`);
  const world = await aWorld(play.policy ?? everyJob);
  await using service = world.service;
  const event = await play.prepare(world);
  const answer = await measure(() => (event === null ? Promise.resolve() : accepted(service, event)));
  let executions = 0;
  const later = await measure(async () => {
    for (const kind of play.consumes ?? []) {
      await consume(world, kind);
      executions += 1;
    }
    if (play.looks) {
      await service.service.watch();
      executions += 1;
    }
  });
  const measured = { path: expected.path, answer, executions, later };
  console.log(JSON.stringify(measured));
  expect(withoutBytes(measured)).toEqual(withoutBytes(expected));
  expect(Math.abs(answer.kilobytes - expected.answer.kilobytes)).toBeLessThan(tolerance(expected.answer));
  expect(Math.abs(later.kilobytes - expected.later.kilobytes)).toBeLessThan(tolerance(expected.later));
});

test('each path that is played is on the page', () => {
  expect(Object.keys(plays)).toEqual(storageCosts.map(({ path }) => path));
});

async function measure(act: () => Promise<void>): Promise<Requests> {
  const proxies: AzuriteProxy[] = [tables, queues];
  for (const proxy of proxies) proxy.forget();
  await act();
  const bytes = proxies
    .flatMap(({ seen }) => seen)
    .reduce((sum, { body, responseBytes }) => sum + Buffer.byteLength(body) + responseBytes, 0);
  const tableReads = tables.seen.filter(({ method }) => method === 'GET').length;
  return {
    tableReads,
    tableWrites: tables.seen.length - tableReads,
    queueWrites: queues.seen.length,
    kilobytes: Math.round(bytes / 100) / 10,
  };
}

async function accepted({ deliver }: TestService, event: string): Promise<void> {
  const { status } = await deliver(event);
  if (status >= 300) throw new Error(`The service answers ${status}.`);
}

/** Ids and texts differ in their lengths. */
function tolerance({ kilobytes }: Requests): number {
  return 0.6 + 0.1 * kilobytes;
}

function withoutBytes({ path, answer, executions, later }: (typeof storageCosts)[number]) {
  const { kilobytes: _answered, ...answered } = answer;
  const { kilobytes: _later, ...afterwards } = later;
  return { path, answered, executions, afterwards };
}

function asJobId({ jobId }: World) {
  return parseJobId(jobId);
}
