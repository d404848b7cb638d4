import { randomUUID } from 'node:crypto';
import type { BatchEventKind, SimulatedBatchJob } from './batch-job.ts';
import { randomSequence } from './job-script.ts';
import { jsonNumber, toJson } from './json.ts';

export interface BusinessEvent {
  readonly eventId: string;
  readonly jobId: string;
  readonly kind: BatchEventKind;
  /** The exact text of the event on the wire. */
  readonly text: string;
}

/** The exact test event that F&O sends when someone activates an endpoint. */
export const testEvent = {
  eventId: '8D1220EB-E514-4E35-844E-E062DEF0C05D',
  text: '{"BusinessEventId":"BusinessEventsTestEndpointContract","BusinessEventLegalEntity":"001","ControlNumber":-9223372036854775808,"EventId":"8D1220EB-E514-4E35-844E-E062DEF0C05D"}',
};

/** Microsoft does not document the class names; these follow the pattern of documented ones. */
const defaultEventIds: Record<BatchEventKind, string> = {
  failed: 'BatchJobFailedBusinessEvent',
  started: 'BatchJobStartedBusinessEvent',
  finished: 'BatchJobFinishedBusinessEvent',
  canceled: 'BatchJobCancelledBusinessEvent',
};

/** JobStatus may be the enum's symbol, or its label in the language of the user. */
const jobStatuses = {
  en: { failed: 'Error', started: 'Executing', finished: 'Finished', canceled: 'Canceled' },
  de: { failed: 'Fehler', started: 'Wird ausgeführt', finished: 'Beendet', canceled: 'Abgebrochen' },
} as const satisfies Record<string, Record<BatchEventKind, string>>;

export interface EventContract {
  /** 'en' unless set: JobStatus is the symbol. */
  language?: keyof typeof jobStatuses;
  /** BusinessEventIds instead of the default ones. */
  eventIds?: Partial<Record<BatchEventKind, string>>;
}

const noDate = new Date('1900-01-01T00:00:00Z');

/** Makes batch job events, with a ControlNumber that rises with gaps. */
export class BusinessEvents {
  #first = 68_719_932_288n;
  #next = this.#first;
  readonly #random = randomSequence(1);
  readonly #eventIds: Record<BatchEventKind, string>;
  readonly #jobStatuses: Record<BatchEventKind, string>;

  constructor({ language = 'en', eventIds = {} }: EventContract = {}) {
    this.#eventIds = { ...defaultEventIds, ...eventIds };
    this.#jobStatuses = jobStatuses[language];
  }

  /** An event about the job's latest run. `now` is F&O's. */
  make(kind: BatchEventKind, job: SimulatedBatchJob, now: Date): BusinessEvent {
    const eventId = randomUUID().toUpperCase();
    const controlNumber = this.#takeControlNumber();
    const text = toJson({
      AdminEmailId: 'admin@example.com',
      BusinessEventId: this.#eventIds[kind],
      BusinessEventLegalEntity: job.legalEntity,
      ContextRecordSubject: '',
      ControlNumber: jsonNumber(controlNumber.toString()),
      EventId: eventId,
      EventTime: jsonDate(now),
      EventTimeIso8601: isoWithTicks(now, controlNumber),
      InitiatingUserAADObjectId: '{7C1A1C3F-52B9-4E0B-9A51-0F6D3C2E8B14}',
      JobDescription: job.description,
      JobEndUtcDateTime: jsonDate(endOf(kind, job, now)),
      JobExecutedByEmailId: 'batch@example.com',
      JobId: jsonNumber(job.jobId),
      JobOwnerEmailId: 'owner@example.com',
      JobStatus: this.#jobStatuses[kind],
      MajorVersion: 0,
      MinorVersion: 0,
      ParentContextRecordSubjects: [],
    });
    return { eventId, jobId: job.jobId, kind, text };
  }

  /** Acts as after a restore or refresh of the database: ControlNumber continues below all values so far. */
  goBack(): void {
    this.#first -= 1_000_000n;
    this.#next = this.#first;
  }

  #takeControlNumber(): bigint {
    const taken = this.#next;
    this.#next += 1n + BigInt(Math.floor(this.#random() * 40));
    return taken;
  }
}

/** A running job has no end. The entity may show another end: one that lags, or none. */
function endOf(kind: BatchEventKind, job: SimulatedBatchJob, now: Date): Date {
  if (!job.traits.eventTellsEnd) return noDate;
  return kind === 'canceled' ? now : (job.runs.at(-1)?.endedAt ?? noDate);
}

/** F&O's times of day have whole seconds. */
function jsonDate(at: Date): string {
  return `/Date(${Math.floor(at.getTime() / 1000) * 1000})/`;
}

/** .NET writes up to seven decimals and drops trailing zeros; the last four decimals are invented here. */
function isoWithTicks(at: Date, controlNumber: bigint): string {
  const ticks = (controlNumber % 10_000n).toString().padStart(4, '0');
  const [seconds, milliseconds] = at.toISOString().slice(0, -1).split('.');
  const decimals = `${milliseconds}${ticks}`.replace(/0+$/, '');
  return decimals ? `${seconds}.${decimals}Z` : `${seconds}Z`;
}
