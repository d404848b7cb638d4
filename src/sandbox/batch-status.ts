/** F&O's BatchStatus enum, in the order of its values. */
const batchStatuses = [
  'Hold',
  'Waiting',
  'Executing',
  'Error',
  'Finished',
  'Ready',
  'NotRun',
  'Cancelling',
  'Canceled',
  'Scheduled',
] as const;

export type BatchStatus = (typeof batchStatuses)[number];

export function isBatchStatus(text: string): text is BatchStatus {
  return batchStatuses.some((status) => status === text);
}
