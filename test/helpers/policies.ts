/** One entry for every job. */
export const everyJob = { jobs: [{ name: 'Every job', match: { jobId: '*' } }] };
