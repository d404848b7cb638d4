import { ofEnvironment, overTime, type Section } from './tile.ts';

/** How F&O and the service itself are. */
export const healthSections: readonly Section[] = [
  {
    title: 'F&O',
    about: 'How the environments answer. A read that is slow or fails holds retries up, too.',
    tiles: [
      {
        title: 'Mean time to answer (ms), by what F&O said',
        query: `customMetrics
| where name == "batch_retry.fno.duration"
| extend environment = tostring(customDimensions.environment)${ofEnvironment}
| extend answer = strcat(tostring(customDimensions.call), ": ", tostring(customDimensions.outcome))
| summarize mean = sum(valueSum) / sum(valueCount) by ${overTime}, answer
| order by timestamp asc`,
        visualization: 'timechart',
        width: 50,
        ifNone: 'F&O was not asked.',
      },
      {
        title: 'Answers',
        query: `customMetrics
| where name == "batch_retry.fno.duration"
| extend environment = tostring(customDimensions.environment)${ofEnvironment}
| extend call = tostring(customDimensions.call), outcome = tostring(customDimensions.outcome)
| summarize answers = sum(valueCount), meanMs = round(sum(valueSum) / sum(valueCount), 1), longestMs = round(max(valueMax), 1) by environment, call, outcome
| order by answers desc`,
        visualization: 'table',
        width: 50,
        ifNone: 'F&O was not asked.',
      },
      {
        title: 'Deferred, by cause',
        query: `customMetrics
| where name == "batch_retry.deferred"
| extend environment = tostring(customDimensions.environment), cause = tostring(customDimensions.cause)${ofEnvironment}
| summarize failures = sum(valueSum) by ${overTime}, cause
| order by timestamp asc`,
        visualization: 'barchart',
        width: 50,
        ifNone: 'Nothing was deferred.',
      },
      {
        title: 'Circuit breaker (1: open)',
        query: `customMetrics
| where name == "batch_retry.breaker.state"
| extend environment = tostring(customDimensions.environment)${ofEnvironment}
| summarize open = max(valueMax) by ${overTime}, environment
| order by timestamp asc`,
        visualization: 'barchart',
        width: 50,
        ifNone: 'No permit was asked for.',
      },
    ],
  },
  {
    title: 'The service itself',
    about: 'F&O waits 10 s for an answer and delivers an event three times.',
    tiles: [
      {
        title: 'Time to answer an event (ms)',
        query: `customMetrics
| where name == "batch_retry.response.duration" and tostring(customDimensions.route) in ("business-events", "business-events-of-environment")
| summarize mean = sum(valueSum) / sum(valueCount), longest = max(valueMax) by ${overTime}
| order by timestamp asc`,
        visualization: 'timechart',
        width: 50,
        ifNone: 'No event came.',
      },
      {
        title: 'Answers, by route and status',
        query: `customMetrics
| where name == "batch_retry.response.duration"
| extend route = tostring(customDimensions.route), status = tostring(customDimensions.status)
| summarize answers = sum(valueCount), meanMs = round(sum(valueSum) / sum(valueCount), 1), longestMs = round(max(valueMax), 1) by route, status
| order by answers desc`,
        visualization: 'table',
        width: 50,
        ifNone: 'Nothing was asked.',
      },
      {
        title: 'How long work was due when it was taken up (s)',
        query: `customMetrics
| where name in ("batch_retry.queue.age", "batch_retry.queue.oldest")
| extend environment = tostring(customDimensions.environment)${ofEnvironment}
| summarize mean = sumif(valueSum, name == "batch_retry.queue.age") / sumif(valueCount, name == "batch_retry.queue.age"), longest = max(valueMax) by ${overTime}
| order by timestamp asc`,
        visualization: 'timechart',
        width: 50,
        ifNone: 'No work was due.',
      },
      {
        title: 'Warnings and errors',
        query: `union traces, exceptions
| where severityLevel >= 2
| project timestamp, severityLevel, message = coalesce(message, outerMessage), operation_Id
| top 50 by timestamp desc`,
        visualization: 'table',
        width: 50,
        ifNone: 'There was none.',
      },
    ],
  },
];
