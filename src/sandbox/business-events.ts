import { randomUUID } from 'node:crypto';
import type { BatchEventKind, SimulatedBatchJob } from './batch-job.ts';
import { jsonNumber, toJson } from './json.ts';
import { randomSequence } from './job-script.ts';

export interface BusinessEvent {
  readonly eventId: string;
  readonly jobId: string;
  readonly kind: BatchEventKind;
  /** The event exactly as it goes over the wire. */
  readonly text: string;
}

/** What F&O sends to an endpoint that is being activated, exactly. */
export const testEvent = {
  eventId: '8D1220EB-E514-4E35-844E-E062DEF0C05D',
  text: '{"BusinessEventId":"BusinessEventsTestEndpointContract","BusinessEventLegalEntity":"001","ControlNumber":-9223372036854775808,"EventId":"8D1220EB-E514-4E35-844E-E062DEF0C05D"}',
};

/** The class names are not documented; these follow the pattern of the ones that are. */
const contracts: Record<BatchEventKind, { eventId: string; jobStatus: string }> = {
  failed: { eventId: 'BatchJobFailedBusinessEvent', jobStatus: 'Error' },
  started: { eventId: 'BatchJobStartedBusinessEvent', jobStatus: 'Executing' },
  finished: { eventId: 'BatchJobFinishedBusinessEvent', jobStatus: 'Finished' },
  canceled: { eventId: 'BatchJobCancelledBusinessEvent', jobStatus: 'Canceled' },
};

const noDate = new Date('1900-01-01T00:00:00Z');

/** Makes batch job events, with a ControlNumber that rises with gaps. */
export class BusinessEvents {
  #first = 68_719_932_288n;
  #next = this.#first;
  readonly #random = randomSequence(1);

  make(kind: BatchEventKind, job: SimulatedBatchJob, now: Date): BusinessEvent {
    const eventId = randomUUID().toUpperCase();
    const controlNumber = this.#takeControlNumber();
    const contract = contracts[kind];
    const text = toJson({
      AdminEmailId: 'admin@example.com',
      BusinessEventId: contract.eventId,
      BusinessEventLegalEntity: job.legalEntity,
      ContextRecordSubject: '',
      ControlNumber: jsonNumber(controlNumber.toString()),
      EventId: eventId,
      EventTime: jsonDate(now),
      EventTimeIso8601: isoWithTicks(now, controlNumber),
      InitiatingUserAADObjectId: '{7C1A1C3F-52B9-4E0B-9A51-0F6D3C2E8B14}',
      JobDescription: job.description,
      JobEndUtcDateTime: jsonDate(job.endedAt ?? noDate),
      JobExecutedByEmailId: 'batch@example.com',
      JobId: jsonNumber(job.jobId),
      JobOwnerEmailId: 'owner@example.com',
      JobStatus: contract.jobStatus,
      MajorVersion: 0,
      MinorVersion: 0,
      ParentContextRecordSubjects: [],
    });
    return { eventId, jobId: job.jobId, kind, text };
  }

  /** As after a restore or refresh of the database: ControlNumber goes on from below all it has given. */
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

/** F&O's times of day have whole seconds. */
function jsonDate(at: Date): string {
  return `/Date(${Math.floor(at.getTime() / 1000) * 1000})/`;
}

/** .NET writes up to seven decimals and drops the zeros at the end; the last four are made up here. */
function isoWithTicks(at: Date, controlNumber: bigint): string {
  const ticks = (controlNumber % 10_000n).toString().padStart(4, '0');
  const [seconds, milliseconds] = at.toISOString().slice(0, -1).split('.');
  const decimals = `${milliseconds}${ticks}`.replace(/0+$/, '');
  return decimals ? `${seconds}.${decimals}Z` : `${seconds}Z`;
}
