import { eventsNamed, stateOfJobs, withDescription } from '../kql-parts.ts';
import { ofEnvironment, ofJob, overTime, type Section } from './tile.ts';

/** What the parameters Environment and Job let people choose from. */
export const parameterQueries = {
  Environment: `customMetrics
| where name == "batch_retry.queue.oldest" or name == "batch_retry.events"
| summarize by environment = tostring(customDimensions.environment)
| order by environment asc`,
  Job: `${eventsNamed('batch_retry.decision')}${withDescription}${ofEnvironment}
| where isnotempty(jobId)
| summarize arg_max(timestamp, description) by jobId
| project value = jobId, label = strcat(description, " (", jobId, ")")
| order by label asc`,
};

/** The states of jobs. */
export const jobSections: readonly Section[] = [
  {
    title: 'Now',
    about: 'The last state of each job, within the time that is chosen above.',
    tiles: [
      {
        title: 'Open episodes, by state',
        query: `${stateOfJobs(ofJob)}
| where state !in ("recovered", "canceled", "reset", "shadow")
| summarize jobs = count() by state
| order by jobs desc`,
        visualization: 'tiles',
        width: 67,
        ifNone: 'No episode is open.',
      },
      {
        title: 'Circuit breakers',
        query: `customEvents
| where name == "batch_retry.breaker"
| extend environment = tostring(customDimensions.environment)${ofEnvironment}
| summarize arg_max(timestamp, breaker = tostring(customDimensions.breaker)) by environment
| project environment, breaker, since = timestamp
| order by environment asc`,
        visualization: 'table',
        width: 33,
        ifNone: 'All are closed: none opened in this time.',
      },
      {
        title: 'What needs a person',
        query: `${stateOfJobs(ofJob)}
| where state in ("exhausted", "stuck", "refused") or cause in ("misconfigured", "unauthorized", "sign-in-refused")
| project since = timestamp, environment, jobId, description, state, reason
| order by since desc`,
        visualization: 'table',
        width: 100,
        ifNone: 'Nothing needs a person.',
      },
      {
        title: 'Dead letters',
        query: `${eventsNamed('batch_retry.dead_letter')}${ofJob}
| summarize arg_max(timestamp, reason) by environment, jobId
| project at = timestamp, environment, jobId, reason
| order by at desc`,
        visualization: 'table',
        width: 50,
        ifNone: 'No work became a dead letter.',
      },
      {
        title: 'Runs that were too long, late or too short',
        query: `${eventsNamed('batch_retry.run_unusual')}${withDescription}${ofJob}
| extend finding = tostring(customDimensions.finding)
| project at = timestamp, environment, jobId, description, finding, reason
| top 50 by at desc`,
        visualization: 'table',
        width: 50,
        ifNone: 'All runs were as the policy expects.',
      },
      {
        title: 'Failures whose events did not come',
        query: `customEvents
| where name == "batch_retry.event_lost"
| extend environment = tostring(customDimensions.environment), jobId = tostring(customDimensions.jobId)${withDescription}${ofJob}
| project at = timestamp, environment, jobId, description, learned = tostring(customDimensions.learned)
| top 50 by at desc`,
        visualization: 'table',
        width: 50,
        ifNone: 'The watch found none.',
      },
      {
        title: 'What was published',
        query: `${eventsNamed('batch_retry.notified')}${withDescription}${ofJob}
| extend notification = tostring(customDimensions.notification)
| summarize at = min(timestamp), description = max(description), notification = max(notification) by notificationId = tostring(customDimensions.notificationId)
| project at, description, notification
| top 20 by at desc`,
        visualization: 'table',
        width: 50,
        ifNone: 'Nothing was published.',
      },
    ],
  },
  {
    title: 'Trend',
    about: 'How many failures there were, and how many healed.',
    tiles: [
      {
        title: 'Events, by decision',
        query: `customMetrics
| where name == "batch_retry.events"
| extend environment = tostring(customDimensions.environment), decision = tostring(customDimensions.decision)${ofEnvironment}
| summarize events = sum(valueSum) by ${overTime}, decision
| order by timestamp asc`,
        visualization: 'barchart',
        width: 50,
        ifNone: 'No event came.',
      },
      {
        title: 'Requeues, recoveries and exhausted budgets',
        query: `customMetrics
| where name in ("batch_retry.requeues", "batch_retry.recovered", "batch_retry.exhausted")
| extend environment = tostring(customDimensions.environment)${ofEnvironment}
| summarize number = sum(valueSum) by ${overTime}, what = replace_string(name, "batch_retry.", "")
| order by timestamp asc`,
        visualization: 'barchart',
        width: 50,
        ifNone: 'Nothing was requeued.',
      },
      {
        title: 'Episodes: share that recovered (percent)',
        query: `customMetrics
| where name in ("batch_retry.recovered", "batch_retry.exhausted")
| extend environment = tostring(customDimensions.environment)${ofEnvironment}
| summarize recovered = sumif(valueSum, name == "batch_retry.recovered"), ended = sum(valueSum) by ${overTime}
| project timestamp, recoveredPercent = round(100.0 * recovered / ended, 1)
| order by timestamp asc`,
        visualization: 'barchart',
        width: 33,
        ifNone: 'No episode came to an end.',
      },
      {
        title: 'Time to recover (minutes)',
        query: `customMetrics
| where name == "batch_retry.recovery.time"
| extend environment = tostring(customDimensions.environment)${ofEnvironment}
| summarize mean = sum(valueSum) / sum(valueCount) / 60.0, longest = max(valueMax) / 60.0 by ${overTime}
| order by timestamp asc`,
        visualization: 'timechart',
        width: 33,
        ifNone: 'No job recovered.',
      },
      {
        title: 'Retries that a recovery took',
        query: `customMetrics
| where name == "batch_retry.recovery.attempts"
| extend environment = tostring(customDimensions.environment)${ofEnvironment}
| summarize mean = sum(valueSum) / sum(valueCount), most = max(valueMax) by ${overTime}
| order by timestamp asc`,
        visualization: 'timechart',
        width: 33,
        ifNone: 'No job recovered.',
      },
    ],
  },
  {
    title: 'Job by job',
    about: 'Choose a job above to see its history alone.',
    tiles: [
      {
        title: 'Jobs, those that fail most first',
        query: `${eventsNamed('batch_retry.decision', 'batch_retry.run_ended')}${withDescription}${ofJob}
| where isnotempty(jobId)
| extend decision = tostring(customDimensions.decision), end = tostring(customDimensions.end)
| extend eventId = tostring(customDimensions.eventId), policy = tostring(customDimensions.policy)
| summarize failures = dcountif(eventId, decision !in ("", "duplicate", "ignored")), requeues = countif(decision == "requeued"), recovered = countif(end == "recovered"), exhausted = countif(decision == "exhausted"), arg_max(timestamp, description) by environment, jobId
| project environment, jobId, description, failures, requeues, recovered, exhausted, lastAt = timestamp
| top 100 by failures desc`,
        visualization: 'table',
        width: 100,
        ifNone: 'No job failed.',
      },
      {
        title: 'Decisions and why',
        query: `${eventsNamed('batch_retry.decision', 'batch_retry.run_ended')}${withDescription}${ofJob}
| extend what = coalesce(tostring(customDimensions.decision), tostring(customDimensions.end))
| project timestamp, environment, jobId, description, what, retry = tostring(customDimensions.retry), policy = tostring(customDimensions.policy), reason, trace = operation_Id
| top 200 by timestamp desc`,
        visualization: 'table',
        width: 100,
        ifNone: 'Nothing was decided.',
      },
    ],
  },
];
