interface OfJob {
  at: Date;
  jobId: string;
  description: string;
}

interface OfDelivery {
  at: Date;
  jobId: string;
  eventId: string;
  url: string;
  tries: number;
}

/** What the sandbox reports to its observer. */
export type Happening =
  | ({ kind: 'job-started' | 'job-finished' | 'job-failed' | 'job-canceled' } & OfJob)
  | ({ kind: 'requeue-accepted'; requeues: number } & OfJob)
  | { kind: 'requeue-refused'; at: Date; jobId: string; message: string }
  | ({ kind: 'event-delivered'; status: number } & OfDelivery)
  | ({ kind: 'event-lost'; message: string } & OfDelivery);
