/** F&O's BatchStatus enum, in the order of its values. */
export const batchStatuses = [
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
