import type { Clock } from '../ports/clock.ts';
import type { Activity } from './activity.ts';
import { sleptThrough } from './activity.ts';
import type { BatchEventKind } from './batch-job.ts';
import { batchEventKinds } from './batch-job.ts';
import type { BusinessEvent } from './business-events.ts';
import { testEvent } from './business-events.ts';
import type { Happening } from './happening.ts';
import { isLoopback } from './loopback.ts';
import type { PostResult } from './post-event.ts';
import { postEvent } from './post-event.ts';
import { keepRecent } from './recent.ts';

/** F&O's own rules: 3 tries, 1000 ms apart, 10,000 ms for an answer. */
export interface DeliveryRules {
  tries: number;
  pauseMs: number;
  timeoutMs: number;
}

/** What happens to events between F&O and its endpoints: nothing unless set. */
export interface EventFates {
  /** Milliseconds of the clock before the first try; 0: none. */
  delayMs?: (event: BusinessEvent) => number;
  /** True: the event is never sent, and no error log holds it. */
  lose?: (event: BusinessEvent) => boolean;
}

/** One try to deliver. `jobId` is null for the test event; `status` is null if no answer came. */
export interface Delivery {
  readonly at: Date;
  readonly url: string;
  readonly eventId: string;
  readonly jobId: string | null;
  readonly try: number;
  readonly status: number | null;
  readonly answer: string;
  readonly error: string | null;
}

/** An event that no try delivered. It stays in the error log until a person resends it. */
export interface UndeliveredEvent {
  readonly at: Date;
  readonly url: string;
  readonly event: BusinessEvent;
  readonly message: string;
}

export type Activation = { ok: true } | { ok: false; status: number | null; message: string };

interface Parts {
  clock: Clock;
  rules: DeliveryRules;
  fates: EventFates;
  activity: Activity;
  stopped: AbortSignal;
  happen: (happening: Happening) => void;
}

export class EventSender {
  readonly deliveries: Delivery[] = [];
  readonly lost: BusinessEvent[] = [];
  readonly #endpoints = new Map<string, ReadonlySet<BatchEventKind>>();
  readonly #parts: Parts;
  #errorLog: UndeliveredEvent[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get errorLog(): readonly UndeliveredEvent[] {
    return this.#errorLog;
  }

  /**
   * Sends the test event once. Only an endpoint that answers 2xx becomes active, for these kinds of events besides
   * those it is already active for.
   */
  async activate(url: string, kinds: readonly BatchEventKind[] = batchEventKinds): Promise<Activation> {
    const refusal = refusalOf(url);
    if (refusal) return { ok: false, status: null, message: refusal };
    const result = await this.#tryOnce(url, { ...testEvent, jobId: null }, 1);
    if (result.kind === 'error') return { ok: false, status: null, message: result.message };
    if (!isSuccess(result.status)) return { ok: false, status: result.status, message: messageOf(result) };
    this.#endpoints.set(url, new Set([...(this.#endpoints.get(url) ?? []), ...kinds]));
    return { ok: true };
  }

  deactivate(url: string): void {
    this.#endpoints.delete(url);
  }

  /** Sends to every endpoint that is active for the event's kind, each delivery on its own: in no order. */
  send(event: BusinessEvent): void {
    const { activity, fates } = this.#parts;
    if (fates.lose?.(event)) {
      keepRecent(this.lost, event);
      return;
    }
    const delayMs = fates.delayMs?.(event) ?? 0;
    for (const [url, kinds] of this.#endpoints) {
      if (kinds.has(event.kind)) activity.start(() => this.#deliverLater(url, event, delayMs));
    }
  }

  /** Removes one event or all from the error log and delivers them again, as if for the first time. */
  resend(eventId?: string): void {
    const chosen = this.#errorLog.filter(({ event }) => eventId === undefined || event.eventId === eventId);
    this.#errorLog = this.#errorLog.filter((entry) => !chosen.includes(entry));
    for (const { url, event } of chosen) this.#parts.activity.start(() => this.#deliver(url, event));
  }

  async #deliverLater(url: string, event: BusinessEvent, delayMs: number): Promise<void> {
    const { clock, stopped } = this.#parts;
    const waited = delayMs === 0 || (await sleptThrough(clock.sleep(delayMs, stopped), stopped));
    if (waited) await this.#deliver(url, event);
  }

  async #deliver(url: string, event: BusinessEvent): Promise<void> {
    const { clock, rules, stopped, happen } = this.#parts;
    const { eventId, jobId } = event;
    let message = '';
    for (let attempt = 1; attempt <= rules.tries; attempt += 1) {
      if (attempt > 1 && !(await sleptThrough(clock.sleep(rules.pauseMs, stopped), stopped))) return;
      const result = await this.#tryOnce(url, event, attempt);
      if (stopped.aborted) return;
      if (result.kind === 'answered' && isSuccess(result.status)) {
        happen({
          kind: 'event-delivered',
          at: clock.now(),
          jobId,
          eventId,
          url,
          tries: attempt,
          status: result.status,
        });
        return;
      }
      message = messageOf(result);
    }
    keepRecent(this.#errorLog, { at: clock.now(), url, event, message });
    happen({ kind: 'event-lost', at: clock.now(), jobId, eventId, url, tries: rules.tries, message });
  }

  async #tryOnce(
    url: string,
    event: { eventId: string; jobId: string | null; text: string },
    attempt: number,
  ): Promise<PostResult> {
    const { clock, rules, stopped } = this.#parts;
    const at = clock.now();
    const result = await postEvent(url, event.text, rules.timeoutMs, stopped);
    keepRecent(this.deliveries, {
      at,
      url,
      eventId: event.eventId,
      jobId: event.jobId,
      try: attempt,
      status: result.kind === 'answered' ? result.status : null,
      answer: result.kind === 'answered' ? result.answer : '',
      error: result.kind === 'error' ? result.message : null,
    });
    return result;
  }
}

function refusalOf(url: string): string | null {
  if (!URL.canParse(url)) return `${url} is not a URL`;
  const { protocol, hostname } = new URL(url);
  if (protocol === 'http:' && isLoopback(hostname)) return null;
  return `The sandbox sends only to http on loopback, not to ${protocol}//${hostname}`;
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function messageOf(result: PostResult): string {
  return result.kind === 'error' ? result.message : `The endpoint answered ${result.status}`;
}
