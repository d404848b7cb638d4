import { randomBytes } from 'node:crypto';

export type SentEvent = { jobId: number; text: string };

/** F&O's batch jobs of one run of the benchmarks, and the events that F&O sends of them. All that failed, failed then. */
export class Failures {
  /** Told to the stub of F&O, too. In whole seconds, as F&O tells it. */
  readonly endedAt: Date;
  readonly #run = randomBytes(4).toString('hex').toUpperCase();
  #jobs = 5_637_144_576;
  #events = 0;

  constructor(now: Date) {
    this.endedAt = new Date(Math.floor(now.getTime() / 1000) * 1000);
  }

  /** The id of a job that no event has named before. */
  nextJob(): number {
    return ++this.#jobs;
  }

  /** An event of its own, of a job that has failed. */
  ofJob(jobId: number, description: string, endedAt = this.endedAt): SentEvent {
    return { jobId, text: this.#text(jobId, description, endedAt, true) };
  }

  /** A failure of a new job that the policy lists. */
  listed(): SentEvent {
    return this.ofJob(this.nextJob(), listedDescription);
  }

  /** A failure of a new job that no policy entry lists. */
  unlisted(): SentEvent {
    return this.ofJob(this.nextJob(), 'Ad hoc export');
  }

  /** An event without its id, which the schema demands. */
  invalid(): SentEvent {
    const jobId = this.nextJob();
    return { jobId, text: this.#text(jobId, listedDescription, this.endedAt, false) };
  }

  #text(jobId: number, description: string, at: Date, hasId: boolean): string {
    const number = ++this.#events;
    const id = `${this.#run}-0000-4000-8000-${number.toString(16).toUpperCase().padStart(12, '0')}`;
    const seconds = at.toISOString().slice(0, 19);
    return (
      `{"AdminEmailId":"admin@example.com","BusinessEventId":"BatchJobFailedBusinessEvent",` +
      `"BusinessEventLegalEntity":"USMF","ContextRecordSubject":"","ControlNumber":${68_719_932_288 + number},` +
      `${hasId ? `"EventId":"${id}",` : ''}"EventTime":"/Date(${at.getTime()})/","EventTimeIso8601":"${seconds}.1234567Z",` +
      `"InitiatingUserAADObjectId":"{7D2C1B0A-0000-4000-8000-1A2B3C4D5E6F}","JobDescription":"${description}",` +
      `"JobEndUtcDateTime":"/Date(${at.getTime()})/","JobExecutedByEmailId":"batch.runner@example.com",` +
      `"JobId":${jobId},"JobOwnerEmailId":"owner@example.com","JobStatus":"Error","MajorVersion":0,` +
      `"MinorVersion":0,"ParentContextRecordSubjects":[]}`
    );
  }
}

export const listedDescription = 'Nightly posting';

/** Three entries, as a small customer has them. */
export const policy = {
  jobs: [
    { name: 'Payments: never', match: { description: '*payment*' }, mode: 'off' },
    { name: 'One job', match: { jobId: ['4444444444'] }, maxRetries: 3, delays: ['PT0S', 'PT5M'] },
    { name: 'Nightly', match: { description: 'Nightly*' } },
  ],
};
