/** Parts that queries of the alerts and of the workbook have in common. */

/** Custom events of these names, with dimensions that all of them have as columns. */
export function eventsNamed(...names: string[]): string {
  return `customEvents
| where name in (${names.map((name) => JSON.stringify(name)).join(', ')})
| extend environment = tostring(customDimensions.environment), jobId = tostring(customDimensions.jobId)
| extend reason = tostring(customDimensions.reason)`;
}

export const withDescription = `
| extend description = tostring(customDimensions.description)`;

/** The last state of each job; what changes nothing for a job is skipped. `filter` ends the first lines. */
export function stateOfJobs(filter = ''): string {
  return `${eventsNamed('batch_retry.decision', 'batch_retry.run_ended', 'batch_retry.by_hand')}${withDescription}${filter}
| extend state = coalesce(tostring(customDimensions.decision), tostring(customDimensions.end), tostring(customDimensions.action))
| extend cause = tostring(customDimensions.cause)
| where isnotempty(jobId) and state !in ("duplicate", "superseded", "ignored", "pause", "resume")
| summarize arg_max(timestamp, state, cause, description, reason) by environment, jobId`;
}
