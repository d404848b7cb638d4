import { mutantsOf } from './mutant.ts';

const sqliteLedger = ['test/adapters/sqlite/sqlite-ledger.test.ts'];
const sqliteCommits = ['test/adapters/sqlite/group-commit.test.ts'];
const sqliteQueue = ['test/adapters/sqlite/sqlite-work-queue.test.ts'];
const azureLedger = [
  'test/adapters/azure-storage/azure-ledger.test.ts',
  'test/adapters/azure-storage/azure-ledger-cost.test.ts',
];
const azureEnvironment = ['test/adapters/azure-storage/azure-environment.test.ts'];
const azureQueue = ['test/adapters/azure-storage/azure-work-queue.test.ts'];

const ofSqlite = [
  ...mutantsOf('src/adapters/sqlite/open-database.ts', sqliteLedger, [
    {
      name: 'SQLite does not wait for the disk',
      find: 'PRAGMA synchronous = FULL;',
      replace: 'PRAGMA synchronous = OFF;',
    },
    {
      name: 'SQLite keeps no write-ahead log',
      find: 'PRAGMA journal_mode = WAL;',
      replace: 'PRAGMA journal_mode = MEMORY;',
    },
    {
      name: 'a file of another layout is opened',
      find: 'if (found !== 0 && found !== layout) {',
      replace: 'if (false) {',
    },
  ]),
  ...mutantsOf('src/adapters/sqlite/sqlite-ledger.ts', sqliteLedger, [
    {
      name: 'the version of a SQLite record is ignored',
      find: 'WHERE environment = ? AND job_id = ? AND version = ?`,',
      replace: 'WHERE environment = ? AND job_id = ? AND version <> ? || version`,',
    },
    {
      name: 'a first SQLite record overwrites another',
      find: 'ON CONFLICT DO NOTHING`,',
      replace: 'ON CONFLICT DO UPDATE SET record = excluded.record`,',
    },
    {
      name: 'a SQLite write is half done',
      find: 'return this.#store.write(() => {\n      if (!this.#writeJob',
      replace: 'return this.#store.read(() => {\n      if (!this.#writeJob',
    },
    {
      name: 'a known event is not known in SQLite',
      find: "eventKnown: row['event_known'] === 1,",
      replace: 'eventKnown: false,',
    },
    {
      name: 'an event is known for every SQLite job',
      find: 'WHERE environment = ?1 AND job_id = ?2 AND event_id = ?3',
      replace: 'WHERE event_id = ?3',
    },
  ]),
  ...mutantsOf('src/adapters/sqlite/sqlite-store.ts', sqliteCommits, [
    {
      name: 'a write that fails spoils those that share its commit',
      find: 'if (writes.length === 1 || isLost(error))',
      replace: 'if (writes.length > 0)',
    },
    {
      name: 'a record of another version spoils the writes that share its commit',
      find: 'return error instanceof StoreUnavailable && !(error instanceof OtherVersion);',
      replace: 'return error instanceof StoreUnavailable;',
    },
    {
      name: 'a SQLite write is answered before its commit',
      find: "this.sql('COMMIT').run();",
      replace: "setImmediate(() => this.sql('COMMIT').run());",
    },
  ]),
  ...mutantsOf('src/adapters/sqlite/write-batch.ts', sqliteCommits, [
    {
      name: 'each SQLite write has a commit of its own',
      find: 'const maxWrites = 256;',
      replace: 'const maxWrites = 1;',
    },
    {
      name: 'a SQLite store is closed with writes pending',
      find: 'while (this.#pending.length > 0) this.#commitNext();',
      replace: '',
    },
  ]),
  ...mutantsOf('src/adapters/sqlite/sqlite-work-queue.ts', sqliteQueue, [
    {
      name: 'a setting of the time of day ends the lease of a claim in SQLite',
      find: 'AND (visible_uptime <= ? OR visible_uptime > ?)',
      replace: 'AND (visible_uptime <= ? OR visible_uptime > ? OR 1)',
    },
    {
      name: 'after a restart of the machine SQLite delivers nothing',
      find: 'now, uptime, uptime + restartedMs, limit',
      replace: 'now, uptime, Number.MAX_SAFE_INTEGER, limit',
    },
    {
      name: 'an old receipt completes what was delivered again in SQLite',
      find: "'DELETE FROM work WHERE id = ? AND deliveries = ?'",
      replace: "'DELETE FROM work WHERE id = ? AND deliveries >= ?'",
    },
    {
      name: 'an old receipt gives back what was delivered again in SQLite',
      find: '           WHERE id = ? AND deliveries = ?`,',
      replace: '           WHERE id = ? AND deliveries >= ?`,',
    },
    {
      name: 'what SQLite delivers stays visible to others',
      find: 'const next = this.#visibleAfter(visibilityTimeoutMs);',
      replace: 'const next = this.#visibleAfter(0);',
    },
  ]),
];

const ofRecords = [
  ...mutantsOf(
    'src/ports/other-version.ts',
    ['test/adapters/shared/record-codec.test.ts'],
    [
      {
        name: 'the version of a record is not checked',
        find: 'if (found !== recordVersion) throw',
        replace: 'if (false) throw',
      },
    ],
  ),
  ...mutantsOf(
    'src/adapters/by-organization.ts',
    ['test/adapters/by-organization.test.ts', 'test/usecases/engine/renamed-environment.test.ts'],
    [
      {
        name: 'names of environments are not translated on the way to the store',
        find: 'environment: idOf(item.environment),',
        replace: 'environment: item.environment,',
      },
      {
        name: 'names of environments are not translated on the way back',
        find: 'item.environment = nameOf(item.environment);',
        replace: '',
      },
      {
        name: 'the breaker of an environment is kept by its name',
        find: 'ledger.updateEnvironment(names.idOf(environment), change)',
        replace: 'ledger.updateEnvironment(environment, change)',
      },
    ],
  ),
];

const ofAzureTables = [
  ...mutantsOf('src/adapters/azure-storage/tables/azure-ledger.ts', azureLedger, [
    {
      name: "Azure's second look-up of recent events is dropped",
      find: '        version.recentEvents.includes(eventId) &&\n',
      replace: '        false &&\n',
    },
    {
      name: 'a job in Azure Tables is not listed',
      find: 'if (isListedFirst) await this.#index.add(key, await this.#tables.startCall());',
      replace: '',
    },
    {
      name: 'a job with a wake-up is not listed in Azure Tables',
      find: 'mustList && !isListedFirst && this.#index.add(key, deadline),',
      replace: 'null,',
    },
    {
      name: 'a record passes for listed before it is',
      find: 'toRows(key, base, change, !mustList || isListedFirst, randomUUID());',
      replace: 'toRows(key, base, change, true, randomUUID());',
    },
  ]),
  ...mutantsOf('src/adapters/azure-storage/tables/ledger-tables.ts', azureLedger, [
    {
      name: 'an own write whose answer was lost is a conflict',
      find: 'mayBeOwn: attempts > 1',
      replace: 'mayBeOwn: false',
    },
  ]),
  ...mutantsOf('src/adapters/azure-storage/tables/conditional-write.ts', azureLedger, [
    {
      name: 'the ETag is ignored',
      find: "['update', row, 'Replace', { etag }]",
      replace: "['update', row, 'Replace', { etag: '*' }]",
    },
    {
      name: 'a first record in Azure Tables overwrites another',
      find: "etag === null ? ['create', row] :",
      replace: "etag === null ? ['upsert', row, 'Replace'] :",
    },
    {
      name: 'a write that was conflict passes for written',
      find: "return found?.['writeId'] === row.writeId",
      replace: 'return found',
    },
    {
      name: 'a write whose answer was lost conflicts with itself',
      find: "return found?.['writeId'] === row.writeId",
      replace: "return found?.['token'] === 'of nobody'",
    },
  ]),
  ...mutantsOf('src/adapters/azure-storage/tables/record-version.ts', azureLedger, [
    {
      name: 'history is in the order of the clocks',
      find: 'return Math.max(tick + 1, at.getTime());',
      replace: 'return at.getTime();',
    },
  ]),
  ...mutantsOf('src/adapters/azure-storage/tables/environment-row.ts', azureEnvironment, [
    {
      name: 'a permit is decided on what another process has changed since',
      find: 'if (!guess) return result;',
      replace: 'if (result !== undefined) return result;',
    },
    {
      name: 'a state of an environment is written over that of another process',
      find: 'conditionalWrite(tables, row, before?.etag ?? null, [], deadline)',
      replace: "conditionalWrite(tables, row, before && '*', [], deadline)",
    },
  ]),
  ...mutantsOf(
    'src/adapters/azure-storage/calls/call-store.ts',
    [...azureLedger, ...azureQueue, 'test/hosts/storage-faults.test.ts'],
    [
      {
        name: 'a process that stalled takes the store for lost',
        find: 'if (lateMs < stalledMs) giveUp();',
        replace: 'if (lateMs < Infinity) giveUp();',
      },
      {
        name: 'a call of Azure Storage is tried once only',
        find: 'if (!failure.isTransient || pauseMs === undefined || deadline.aborted)',
        replace: 'if (failure)',
      },
      {
        name: 'an item whose answer was lost is enqueued again',
        find: 'if (wasSent || pauseMs === undefined || deadline.aborted) throw',
        replace: 'if (pauseMs === undefined || deadline.aborted) throw',
      },
      {
        name: 'a store that hangs is waited for',
        find: "    deadline.addEventListener('abort', giveUp, { once: true });\n",
        replace: '',
        tests: ['test/adapters/azure-storage/azure-connect-storage.test.ts'],
      },
    ],
  ),
];

const ofAzureQueues = [
  ...mutantsOf('src/adapters/azure-storage/queue/azure-work-queue.ts', azureQueue, [
    {
      name: 'a late answer of Azure Queues fails each item',
      find: "if (sent === 'late' && !isSweptIfLost)",
      replace: "if (sent === 'late')",
    },
    {
      name: 'an item that may be lost counts as queued',
      find: "if (sent === 'late' && !isSweptIfLost)",
      replace: 'if (false)',
    },
    {
      name: 'a delay is cut short by a second',
      find: 'return Math.ceil(Math.min(Math.max(delayMs, 0), maxDelayMs) / 1000);',
      replace: 'return Math.max(0, Math.floor(Math.min(Math.max(delayMs, 0), maxDelayMs) / 1000) - 1);',
    },
    {
      name: 'a delay of more than 7 days ends after 7',
      find: 'delayMs > maxDelayMs ? { ...rest, remainingMs: delayMs - maxDelayMs } : rest',
      replace: 'rest',
    },
    {
      name: 'work in Azure Queues expires after a week',
      find: 'const options = { ...neverExpires, visibilityTimeout',
      replace: 'const options = { visibilityTimeout',
    },
    {
      name: 'a receipt that is void is an error',
      find: "if (!isAnswer(error, 'MessageNotFound', 'PopReceiptMismatch')) throw error;",
      replace: 'throw error;',
    },
  ]),
];

export const storeMutants = [...ofSqlite, ...ofRecords, ...ofAzureTables, ...ofAzureQueues];
