import { Activity } from './activity.ts';
import { BusinessEvents } from './business-events.ts';
import { clockAhead } from './clock-ahead.ts';
import { EventPublisher } from './event-publisher.ts';
import { EventSender } from './event-sender.ts';
import { FaultPlan } from './faults.ts';
import type { Happening } from './happening.ts';
import type { JobRunner } from './job-runner.ts';
import { LoopbackServer } from './loopback-server.ts';
import { realClock } from './real-clock.ts';
import type { RecordedRequest } from './request-handler.ts';
import { handleRequest } from './request-handler.ts';
import { runJobs } from './run-jobs.ts';
import type { Sandbox, SandboxOptions } from './sandbox-types.ts';
import type { SimulatedBatchJobs } from './simulated-batch-jobs.ts';
import { TokenEndpoint } from './token-endpoint.ts';

const defaultHistorySet = 'BatchJobHistories';
const deliveryRules = { tries: 3, pauseMs: 1000, timeoutMs: 10_000 };

/** Starts a simulated F&O on loopback: jobs that run and fail, its OData, its tokens, its business events. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { clock = realClock, autoRun = null, answer: spelling = 'wrapped', pageSize = 50 } = options;
  const server = await LoopbackServer.open(options.host ?? '127.0.0.1', options.port ?? 0);
  const orgUrl = server.url;
  const fnoClock = clockAhead(clock, options.fnoClockAheadMs ?? 0);
  const runClock = clockAhead(fnoClock, options.runTimesAheadMs ?? 0);
  const stopping = new AbortController();
  const stopped = stopping.signal;
  const activity = new Activity();
  const tokens = options.identity ?? new TokenEndpoint(clock, orgUrl);
  const faults = new FaultPlan();
  const requests: RecordedRequest[] = [];
  const loginPage = { sawToken: false };
  const happen = (happening: Happening): void => options.onHappening?.(happening);
  const rules = { ...deliveryRules, ...options.delivery };
  const sender = new EventSender({ clock, rules, fates: options.events ?? {}, activity, stopped, happen });
  const publisher = new EventPublisher(new BusinessEvents(options), sender, fnoClock);
  const { history = null, otherEntities = 3 } = options;
  const historyAfterMs = history?.writtenAfterMs ?? 0;
  const running = { clock, runClock, autoRun, activity, stopped, happen, publisher, historyAfterMs };
  const { jobs, runner } = runJobs(running);

  const historySet = history && (history.entitySet ?? defaultHistorySet);
  const answering = { jobs, tokens, orgUrl, pageSize, spelling, loginPage, historySet, otherEntities };
  const parts = { ...answering, clock, fnoClock, faults, requests, stopped };
  server.onRequest((request, response) => void handleRequest(request, response, parts));

  async function stop(): Promise<void> {
    stopping.abort(new Error('the sandbox stopped'));
    await server.down();
    await activity.idle();
  }

  return {
    orgUrl,
    identity: tokens,
    identityEnvironment: tokens.environment,
    clock,
    requests,
    faults,
    ...jobControls(jobs, runner),
    ...eventControls(publisher, sender),
    get errorLog() {
      return sender.errorLog;
    },
    get tokensIssued() {
      return tokens.issued;
    },
    get loginPageSawToken() {
      return loginPage.sawToken;
    },
    revokeTokens: () => tokens.revokeAll(),
    idle: () => activity.idle(),
    goDown: () => server.down(),
    comeUp: () => server.up(),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function jobControls(jobs: SimulatedBatchJobs, runner: JobRunner) {
  return {
    addJob: (job) => jobs.add(job),
    addBackgroundJobs: (background) => jobs.addBackground(background),
    job: (jobId) => jobs.get(jobId),
    setScript: (jobId, script) => jobs.setScript(jobId, script),
    run: (jobId, runMs = 0, cause) => runner.run(jobId, runMs, cause),
    hang: (jobId, cause) => runner.hang(jobId, cause),
    endHanging: (jobId) => runner.endHanging(jobId),
    startNow: (jobId, cause) => jobs.startNow(jobId, cause),
    isDue: (jobId) => jobs.isDue(jobId),
    vanish: (jobId) => jobs.vanish(jobId),
    setStatus: (jobId, status) => jobs.setStatus(jobId, status),
    requeues: (jobId) => jobs.get(jobId).requeues,
  } satisfies Partial<Sandbox>;
}

function eventControls(publisher: EventPublisher, sender: EventSender) {
  return {
    deliveries: sender.deliveries,
    lostEvents: sender.lost,
    failedEvent: (jobId) => publisher.failedEvent(jobId),
    activateEndpoint: (url, kinds) => sender.activate(url, kinds),
    deactivateEndpoint: (url) => sender.deactivate(url),
    resend: (eventId) => sender.resend(eventId),
    restoreDatabase: () => publisher.restoreDatabase(),
  } satisfies Partial<Sandbox>;
}
