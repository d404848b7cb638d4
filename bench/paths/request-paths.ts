import { bare, bullmq, type Contender, fastify, fastifyThatReads } from '../contenders.ts';
import { inTurn, type RequestPath } from './measure-requests.ts';

/** How many failures are decided before their duplicates are sent, again and again. */
const decidedBefore = 500;

/** What is measured as requests a second. `services`: this one, and perhaps that of another commit. */
export function requestPaths(services: readonly Contender[]): RequestPath[] {
  return [
    {
      name: 'requeue',
      contenders: [...services, fastifyThatReads, fastify, bullmq],
      events: (failures) => () => failures.listed(),
      expected: (contender) => `"decision":"${contender === bullmq ? 'queued' : 'requeued'}"`,
      requeues: () => true,
    },
    {
      name: 'duplicate',
      contenders: [...services, bare, fastify],
      before: (failures) => Array.from({ length: decidedBefore }, () => failures.listed()),
      events: (_, before) => inTurn(before),
      expected: (contender) => `"decision":"${contender === bare ? 'read' : 'duplicate'}"`,
      requeues: () => false,
    },
    {
      name: 'no-match',
      contenders: [...services, bare, fastify],
      events: (failures) => () => failures.unlisted(),
      expected: (contender) => `"decision":"${contender === bare ? 'read' : 'ignored'}"`,
      requeues: () => false,
    },
    {
      name: 'invalid',
      contenders: [...services, bare, fastify],
      events: (failures) => () => failures.invalid(),
      expected: (contender) => (contender === bare ? '"decision":"read"' : 'EventId'),
      requeues: () => false,
    },
  ];
}
