/** How a night goes. */
export type NightPlan = {
  name: string;
  hours: number;
  /** Which events are lost, and which traits a job has. */
  seed: number;
  /** The share of events that are lost; null: no job sends any. */
  lostRate: number | null;
  hasHistory: boolean;
  hasTelemetry: boolean;
};

/** Whether anything shows the service how the runs of a recurring job end. */
export function showsHowRunsEnd({ lostRate, hasHistory, hasTelemetry }: NightPlan): boolean {
  return lostRate !== null || hasHistory || hasTelemetry;
}

export const jobKinds = [
  'recurring, fails',
  'recurring, runs well',
  'once, fails',
  'once, runs well',
  'always fails',
  'hangs',
  'does not start',
  'not listed, fails',
] as const;

export type JobKind = (typeof jobKinds)[number];

/** A run as F&O knows it. Times are texts: the record is JSON. */
export type HappenedRun = {
  cause: 'schedule' | 'requeue' | 'person';
  startedAt: string;
  endedAt: string | null;
  outcome: 'finished' | 'failed' | 'interrupted' | null;
  /** Of its failed event; null if it sent none. */
  eventId: string | null;
  isLost: boolean;
};

/** A run as `GET /runs` tells it. */
export type ToldRun = { jobId: string; endedAt: string; end: string; learned: string | null };

/** A line of a job's history. */
export type ToldLine = {
  at: string;
  kind: string;
  eventId: string;
  decision: string | null;
  learned: string | null;
  reason: string;
};

export type NightJobRecord = {
  jobId: string;
  kind: JobKind;
  recurs: boolean;
  /** By F&O: how often it accepted to set the job to waiting. */
  accepted: number;
  status: string;
  happened: HappenedRun[];
  runs: ToldRun[];
  history: ToldLine[];
};

export type ToldNotification = { notificationId: string; event: string; jobId: string };

/** What happened in a night by F&O's own record, and what the service says of it. */
export type NightRecord = {
  jobs: NightJobRecord[];
  notifications: ToldNotification[];
  /** From GET /ready. */
  note: string | null;
  /** When the service first looked, and when it was asked what it knows. */
  beganAt: string;
  endedAt: string;
  /** When F&O could not be reached. */
  down: { from: string; to: string };
  /** The requeue that a process had just sent when it was killed. */
  death: { at: string; jobId: string } | null;
  /** Requests to F&O by kind. */
  requests: Record<string, number>;
  /** F&O's tries to deliver an event by what came of them; a process that is dead answers none. */
  deliveries: Record<string, number>;
  /** Notifications that came once more, with the same id. */
  repeated: number;
  /** What the processes logged as errors and warnings. */
  logged: Record<string, number>;
};
