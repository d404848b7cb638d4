import type { TokenCredential } from '@azure/identity';
import type { LogsQueryClient, LogsQueryClientOptions, LogsQueryResult } from '@azure/monitor-query-logs';
import type { RunWindow } from '../../domain/cause/run-window.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  FailureTexts,
  NoTelemetry,
  TasksOutcome,
  TelemetryQuery,
  TextsOutcome,
} from '../../ports/failure-texts.ts';
import type { TelemetrySetting } from '../../settings/telemetry-setting.ts';
import { memoizeUntilFailure } from '../shared/memoize-until-failure.ts';
import type { Table } from './columns.ts';
import { failureQuery } from './failure-query.ts';
import { queryFailure } from './query-failure.ts';
import { readRows } from './read-rows.ts';
import { maxTasks, readTasks, taskQuery } from './task-query.ts';

/** A query that takes longer, in ms, is given up, also by the client. */
const timeoutMs = 20_000;

/** The client's own retries would keep a work item waiting: the next look-up is the retry. No redirect gets a token. */
const clientOptions: LogsQueryClientOptions = {
  retryOptions: { maxRetries: 0 },
  redirectOptions: { maxRetries: 0 },
};

type Answered = { kind: 'answered'; tables: readonly Table[]; isWhole: boolean };

const inPart: NoTelemetry = { kind: 'unavailable', message: 'Log Analytics answered only in part.' };

/** Loads the SDK at the first query: no cold start needs it. */
export function connectLogAnalytics(
  credential: () => Promise<TokenCredential>,
  more: LogsQueryClientOptions = {},
): () => Promise<LogsQueryClient> {
  return memoizeUntilFailure(async () => {
    const [{ LogsQueryClient }, identity] = await Promise.all([
      import('@azure/monitor-query-logs'),
      credential(),
    ]);
    return new LogsQueryClient(identity, { ...clientOptions, ...more });
  });
}

/** The telemetry of one F&O, in the customer's Log Analytics. */
export class LogAnalyticsTexts implements FailureTexts {
  readonly #setting: TelemetrySetting;
  readonly #client: () => Promise<LogsQueryClient>;
  readonly #clock: Clock;

  constructor(setting: TelemetrySetting, client: () => Promise<LogsQueryClient>, clock: Clock) {
    this.#setting = setting;
    this.#client = client;
    this.#clock = clock;
  }

  async find({ jobId, window }: TelemetryQuery, signal: AbortSignal): Promise<TextsOutcome> {
    const answer = await this.#ask(failureQuery(jobId, window), window, signal);
    if (answer.kind !== 'answered') return answer;
    const texts = readRows(answer.tables, jobId, window);
    // A text of the run is one, whatever is missing.
    return answer.isWhole || texts.length > 0 ? { kind: 'found', texts } : inPart;
  }

  async tasks({ jobId, window }: TelemetryQuery, signal: AbortSignal): Promise<TasksOutcome> {
    const answer = await this.#ask(taskQuery(jobId, window), window, signal);
    if (answer.kind !== 'answered') return answer;
    const tasks = readTasks(answer.tables);
    // A part of the rows proves nothing of how a task ended.
    return answer.isWhole ? { kind: 'found', tasks, isCut: tasks.length >= maxTasks } : inPart;
  }

  /** The SDK takes no signal: when it aborts, the query runs on until its own timeout, and nobody waits for it. */
  async #ask(query: string, window: RunWindow, signal: AbortSignal): Promise<Answered | NoTelemetry> {
    const aborted = Promise.withResolvers<NoTelemetry>();
    const giveUp = () =>
      aborted.resolve({ kind: 'unavailable', message: 'Log Analytics did not answer in time.' });
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      return await Promise.race([this.#query(query, window), aborted.promise]);
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  async #query(query: string, window: RunWindow): Promise<Answered | NoTelemetry> {
    try {
      const result = await this.#send(query, window);
      return 'tables' in result
        ? { kind: 'answered', tables: result.tables, isWhole: true }
        : { kind: 'answered', tables: result.partialTables, isWhole: false };
    } catch (error) {
      const { isRestError } = await import('@azure/core-rest-pipeline');
      return queryFailure(error, isRestError(error) ? error : null, this.#clock.now());
    }
  }

  async #send(query: string, { fromAt, toAt }: RunWindow): Promise<LogsQueryResult> {
    const client = await this.#client();
    const span = { startTime: fromAt, endTime: toAt };
    const options = { serverTimeoutInSeconds: timeoutMs / 1000, requestOptions: { timeout: timeoutMs } };
    return this.#setting.kind === 'workspace'
      ? client.queryWorkspace(this.#setting.workspaceId, query, span, options)
      : client.queryResource(this.#setting.resourceId.replace(/^\//, ''), query, span, options);
  }
}
