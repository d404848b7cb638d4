import { mutantsOf } from './mutant.ts';

const environments = ['test/http/environments.test.ts'];
const readyStore = ['test/http/ready-store.test.ts'];
const kinds = ['test/events/kind-of-event.test.ts'];
const envelopes = ['test/events/envelopes/open-envelopes.test.ts'];

/** What arrives at the edge of the service, and what it says of itself. */
export const edgeMutants = [
  ...mutantsOf('src/http/query-parameter.ts', environments, [
    {
      name: 'the first of two environments in an address wins',
      find: 'if (found.length > 1) {',
      replace: 'if (false) {',
    },
  ]),
  ...mutantsOf('src/events/read-business-event.ts', kinds, [
    {
      name: 'a failure without a readable name is refused',
      find: "if (id === '' && byStatus === null) {",
      replace: "if (id === '') {",
    },
  ]),
  ...mutantsOf('src/events/envelopes/power-automate.ts', envelopes, [
    {
      name: "an event with a customer's field named body is opened",
      find: "if (Object.hasOwn(value, 'EventId')) return null;",
      replace: '',
    },
  ]),
  ...mutantsOf('src/usecases/operate/store-health.ts', readyStore, [
    {
      name: 'readiness only reads the store',
      find: "await proveWritable('store', ledger);",
      replace: '',
    },
    {
      name: 'readiness only reads the work queue',
      find: "await proveWritable('work-queue', queue);",
      replace: '',
    },
  ]),
  ...mutantsOf('src/adapters/sqlite/sqlite-store.ts', readyStore, [
    {
      name: 'a SQLite store proves nothing',
      find: "this.sql('PRAGMA application_id = 0').run();",
      replace: '',
      tests: ['test/adapters/sqlite/sqlite-ledger.test.ts'],
    },
  ]),
  ...mutantsOf('src/http/health-routes.ts', readyStore, [
    {
      name: 'one record of another version makes the service unready',
      find: "status === 'failing' && !jobId",
      replace: "status === 'failing' && (jobId ?? true)",
    },
  ]),
];
