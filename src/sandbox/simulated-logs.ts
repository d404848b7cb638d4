import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../ports/clock.ts';
import type { Answer } from './answer.ts';
import { jsonAnswer } from './answer.ts';
import { parseObject } from './json.ts';
import { logsFaultAnswer, type LogsFault } from './logs-faults.ts';
import { limitOf, type LogRow, jobOfQuery, selectRows, toTable } from './logs-rows.ts';
import { toTaskTable } from './logs-tasks.ts';
import { LoopbackServer } from './loopback-server.ts';
import { readBody } from './read-body.ts';
import type { TokenEndpoint } from './token-endpoint.ts';

const publicCloud = 'https://api.loganalytics.io';

export interface LogsQuery {
  readonly at: Date;
  /** The workspace's id, or the resource's with its slashes. */
  readonly of: string;
  readonly query: string;
  readonly status: number | null;
}

export interface SimulatedLogsOptions {
  clock: Clock;
  /** Its tokens are accepted. */
  identity: TokenEndpoint;
  /** The workspaces and resources that exist; all others answer 404. */
  knows: readonly string[];
  /** The address in Azure that it stands for, which is the resource of the tokens; the public cloud's unless set. */
  address?: string;
}

/**
 * A stand-in for the query API of Log Analytics, on loopback. It evaluates no KQL: it finds rows by the job id that
 * the query searches for and by the times of the request, and answers with the columns of the service's own query, and
 * with as many rows as that asks for.
 * @see https://learn.microsoft.com/azure/azure-monitor/logs/api/response-format
 */
export class SimulatedLogs implements AsyncDisposable {
  readonly queries: LogsQuery[] = [];
  /** The most queries that were under way at the same time. */
  mostAtOnce = 0;
  #underWay = 0;
  readonly #server: LoopbackServer;
  readonly #options: SimulatedLogsOptions;
  readonly #rows: LogRow[] = [];
  #faults: { fault: LogsFault; left: number }[] = [];
  readonly #faultsOfJobs = new Map<string, LogsFault>();

  private constructor(server: LoopbackServer, options: SimulatedLogsOptions) {
    this.#server = server;
    this.#options = options;
    server.onRequest((request, response) => void this.#receive(request, response));
  }

  static async open(options: SimulatedLogsOptions): Promise<SimulatedLogs> {
    return new SimulatedLogs(await LoopbackServer.open('127.0.0.1', 0), options);
  }

  get url(): string {
    return this.#server.url;
  }

  /** Adds a row. Queries find it only `arrivesAfterMs` after its time: ingestion takes minutes. */
  add(row: LogRow): void {
    this.#rows.push(row);
  }

  /** The next `times` queries meet this. */
  fail(fault: LogsFault, times = 1): void {
    this.#faults.push({ fault, left: times });
  }

  /** Every query about this job meets this. */
  failFor(jobId: string, fault: LogsFault): void {
    this.#faultsOfJobs.set(jobId, fault);
  }

  clearFaults(): void {
    this.#faults = [];
    this.#faultsOfJobs.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.down();
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#underWay += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#underWay);
    response.once('close', () => (this.#underWay -= 1));
    const text = await readBody(request);
    if (text === null) return;
    const body = parseObject(text);
    const of = /^\/v1\/(?:workspaces\/([^/]+)|(.+))\/query$/.exec(decodeURIComponent(request.url ?? ''));
    const answer = this.#answer(of?.[1] ?? of?.[2] ?? null, body, request.headers.authorization);
    const seen = { at: this.#options.clock.now(), of: of?.[1] ?? of?.[2] ?? '', query: String(body?.query) };
    this.queries.push({ ...seen, status: answer?.status ?? null });
    if (!answer) return;
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  }

  /** Null: no answer comes. */
  #answer(of: string | null, body: ReturnType<typeof parseObject>, authorization?: string): Answer | null {
    const { identity, knows, clock, address = publicCloud } = this.#options;
    if (!identity.accepts(authorization, address)) return errorAnswer(401, 'InvalidTokenError');
    if (of === null || !knows.includes(of)) return errorAnswer(404, 'WorkspaceNotFoundError');
    const fault = this.#faultsOfJobs.get(jobOfQuery(String(body?.query))) ?? this.#takeFault();
    if (fault && fault.kind !== 'partial') return logsFaultAnswer(fault);
    const selected = body && selectRows(this.#rows, String(body.query), String(body.timespan), clock.now());
    if (!selected) return errorAnswer(400, 'BadArgumentError');
    const query = String(body.query);
    const limit = limitOf(query);
    const table = (some: readonly LogRow[]) =>
      query.includes('| summarize ') ? toTaskTable(some, query, limit) : toTable(some.slice(0, limit));
    if (!fault) return jsonAnswer(200, { tables: [table(selected)] });
    const error = { code: 'PartialError', message: 'There were some errors when processing your query.' };
    return jsonAnswer(200, { tables: [table(selected.slice(0, fault.rows))], error });
  }

  #takeFault(): LogsFault | null {
    const [next] = this.#faults;
    if (!next) return null;
    next.left -= 1;
    this.#faults = this.#faults.filter(({ left }) => left > 0);
    return next.fault;
  }
}

function errorAnswer(status: number, code: string): Answer {
  return logsFaultAnswer({ kind: 'error', status, code }) ?? jsonAnswer(status, {});
}
