import type { Happening } from './happening.ts';

/** One line for a person who watches. */
export function happeningLine(happening: Happening): string {
  return `${happening.at.toISOString().slice(11, 19)}  ${sentence(happening)}`;
}

function sentence(happening: Happening): string {
  switch (happening.kind) {
    case 'job-started':
      return `${happening.description} (${happening.jobId}) started`;
    case 'job-finished':
      return `${happening.description} (${happening.jobId}) finished`;
    case 'job-failed':
      return `${happening.description} (${happening.jobId}) FAILED`;
    case 'job-canceled':
      return `${happening.description} (${happening.jobId}) was canceled`;
    case 'requeue-accepted':
      return `${happening.description} (${happening.jobId}) was set to waiting, requeue ${happening.requeues}`;
    case 'requeue-refused':
      return `SetBatchJobToWaiting refused: ${happening.message}`;
    case 'event-delivered':
      return `Event about ${happening.jobId} delivered on try ${happening.tries}, answered ${happening.status}`;
    case 'event-lost':
      return `Event about ${happening.jobId} NOT delivered in ${happening.tries} tries: ${happening.message}`;
  }
}
