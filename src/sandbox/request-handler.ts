import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../ports/clock.ts';
import type { Answer } from './answer.ts';
import { breakConnection } from './connection-faults.ts';
import { faultAnswer, isConnectionFault } from './fault-answers.ts';
import type { FaultPlan } from './faults.ts';
import { readBody } from './read-body.ts';
import { keepRecent } from './recent.ts';
import type { RequestRoute, RouteParts } from './routes.ts';
import { findTarget } from './routes.ts';

/** A request as it came, without its token. */
export interface RecordedRequest {
  readonly at: Date;
  /** The client's port: it tells which process asks. */
  readonly clientPort: number | null;
  readonly route: RequestRoute;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly rawBody: string;
  readonly authorized: boolean;
  /** The job that the request names; null if it names none. */
  readonly jobId: string | null;
  /** Null until an answer begins. */
  readonly status: number | null;
}

interface Parts extends RouteParts {
  clock: Clock;
  /** F&O's own clock. */
  fnoClock: Clock;
  faults: FaultPlan;
  requests: RecordedRequest[];
  stopped: AbortSignal;
}

/** Answers a request. Faults apply only to authorized requests; all others get 401 and use up no fault. */
export async function handleRequest(
  request: IncomingMessage,
  response: ServerResponse,
  parts: Parts,
): Promise<void> {
  const rawBody = await readBody(request);
  if (rawBody === null) return;
  const { method = 'GET', url: path = '/', headers } = request;
  const secret = headers['x-identity-header'];
  const target = findTarget(
    {
      method,
      url: new URL(`${parts.orgUrl}${path.startsWith('/') ? path : '/'}`),
      headers: {
        authorization: headers.authorization,
        contentType: headers['content-type'],
        secret: typeof secret === 'string' ? secret : undefined,
      },
      rawBody,
    },
    parts,
  );
  const { route, jobId, authorized } = target;
  const record = {
    at: parts.clock.now(),
    clientPort: request.socket.remotePort ?? null,
    route,
    method,
    path,
    rawBody,
    authorized,
    jobId,
    status: null as number | null,
  };
  keepRecent(parts.requests, record);
  const headSent = (status: number): void => {
    record.status = status;
  };
  const setDate = (): void => {
    if (target.isFno) response.setHeader('date', parts.fnoClock.now().toUTCString());
  };
  setDate();
  const send = (answer: Answer): void => {
    setDate();
    headSent(answer.status);
    response.writeHead(answer.status, {
      ...answer.headers,
      'content-length': Buffer.byteLength(answer.body),
    });
    response.end(answer.body);
  };

  const fault = authorized && route !== 'other' ? parts.faults.take(route, jobId) : null;
  if (!fault) send(target.answer());
  else if (isConnectionFault(fault)) {
    await breakConnection(fault, { target, response, send, headSent, stopped: parts.stopped });
  } else send(faultAnswer(fault, target, parts.orgUrl));
}
