import type { TokenCredential } from '@azure/identity';
import type { LogsQueryClient, LogsQueryClientOptions, LogsQueryResult } from '@azure/monitor-query-logs';
import type { RunWindow } from '../../domain/cause/run-window.ts';
import type { JobId } from '../../domain/job-id.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FailureTexts, TextsOutcome } from '../../ports/failure-texts.ts';
import type { TelemetrySetting } from '../../settings/telemetry-setting.ts';
import { memoizeUntilFailure } from '../shared/memoize-until-failure.ts';
import { failureQuery } from './failure-query.ts';
import { queryFailure } from './query-failure.ts';
import { readRows, type Table } from './read-rows.ts';

/** A query that takes longer, in ms, is given up, also by the client. */
const timeoutMs = 20_000;

/** The client's own retries would keep a work item waiting: the next look-up is the retry. No redirect gets a token. */
const clientOptions: LogsQueryClientOptions = {
  retryOptions: { maxRetries: 0 },
  redirectOptions: { maxRetries: 0 },
};

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

  /** The SDK takes no signal: when it aborts, the query runs on until its own timeout, and nobody waits for it. */
  async find(
    { jobId, window }: { jobId: JobId; window: RunWindow },
    signal: AbortSignal,
  ): Promise<TextsOutcome> {
    const aborted = Promise.withResolvers<TextsOutcome>();
    const giveUp = () =>
      aborted.resolve({ kind: 'unavailable', message: 'Log Analytics did not answer in time.' });
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      return await Promise.race([this.#query(jobId, window), aborted.promise]);
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  async #query(jobId: JobId, window: RunWindow): Promise<TextsOutcome> {
    try {
      const result = await this.#send(failureQuery(jobId, window), window);
      const isWhole = 'tables' in result;
      const tables: readonly Table[] = isWhole ? result.tables : result.partialTables;
      const found = readRows(tables, jobId, window);
      if (isWhole) return { kind: 'found', ...found };
      // A part of the rows proves nothing of how the run ended; a text of the run is one, whatever is missing.
      if (found.texts.length > 0) return { kind: 'found', texts: found.texts, runFailed: null };
      return { kind: 'unavailable', message: 'Log Analytics answered only in part.' };
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
