import type { JobId } from '../../domain/job-id.ts';

/** The outcome of the latest attempt at a part. `lastFailure` stays when the part works again. */
export type PartHealth = {
  status: 'working' | 'failing' | 'unknown';
  checkedAt: Date | null;
  lastFailure: { at: Date; reason: string } | null;
};

export const neverTried: PartHealth = { status: 'unknown', checkedAt: null, lastFailure: null };

export function worked(at: Date, before: PartHealth): PartHealth {
  return { status: 'working', checkedAt: at, lastFailure: before.lastFailure };
}

export function failed(at: Date, reason: string): PartHealth {
  return { status: 'failing', checkedAt: at, lastFailure: { at, reason } };
}

/** A part of the service, with the environment where each has its own. `record` is one of a job, or of the environment. */
export type Part = {
  part: PartName;
  environment: string | null;
  jobId?: JobId | null;
  note?: string;
} & PartHealth;

export type PartName = 'store' | 'work-queue' | 'sign-in' | 'fno' | 'causes' | 'watch' | 'record';
