import { eventsNamed, stateOfJobs, withDescription } from './kql-parts.ts';

/**
 * The alerts, as infra/alerts.json has them. Each fires while its query gives a row, once for each combination of
 * its dimensions, and ends by itself when there is none any more.
 * Severities: 0 critical, 1 error, 2 warning. Windows and frequencies are ISO 8601 durations.
 */
export const alertRules = [
  {
    name: 'exhausted',
    displayName: 'A batch job has used all its retries',
    description: 'A batch job failed again after its last retry. Nothing more is sent: a person must look.',
    severity: 1,
    query: `${stateOfJobs()}
| where state == "exhausted"`,
    windowSize: 'P2D',
    evaluationFrequency: 'PT5M',
    dimensions: ['environment', 'jobId'],
  },
  {
    name: 'cannot-be-retried',
    displayName: 'A batch job cannot be retried',
    description:
      'F&O refuses the retry of a batch job (such as HTTP 404), does not let the service in (401, 403, redirect), or the service cannot sign in.',
    severity: 1,
    query: `${stateOfJobs()}
| where state == "refused" or cause in ("misconfigured", "unauthorized", "sign-in-refused")`,
    windowSize: 'P2D',
    evaluationFrequency: 'PT5M',
    dimensions: ['environment', 'jobId'],
  },
  {
    name: 'stuck',
    displayName: 'A retried batch job does not end',
    description: 'A batch job was set to waiting a day ago, and its run is not seen to end.',
    severity: 2,
    query: `${stateOfJobs()}
| where state == "stuck"`,
    windowSize: 'P2D',
    evaluationFrequency: 'PT15M',
    dimensions: ['environment', 'jobId'],
  },
  {
    name: 'dead-letters',
    displayName: 'Work or a message became a dead letter',
    description:
      'Work on a batch job failed five times, or a message of Service Bus or Event Hubs cannot be read.',
    severity: 1,
    query: `${eventsNamed('batch_retry.dead_letter')}
| summarize arg_max(timestamp, reason) by environment, jobId`,
    windowSize: 'P1D',
    evaluationFrequency: 'PT5M',
    dimensions: ['environment', 'jobId'],
  },
  {
    name: 'oldest-due-work',
    displayName: 'Work is not processed in time',
    description: 'Work was due for more than 15 minutes before it was processed, or still is.',
    severity: 2,
    query: `customMetrics
| where name in ("batch_retry.queue.oldest", "batch_retry.queue.age")
| extend environment = tostring(customDimensions.environment)
| summarize oldestSeconds = max(valueMax) by environment
| where oldestSeconds > 900`,
    windowSize: 'PT2H',
    evaluationFrequency: 'PT15M',
    dimensions: ['environment'],
  },
  {
    name: 'breaker-open',
    displayName: 'F&O is not available',
    description: 'The circuit breaker of an environment has been open for 15 minutes: no retry reaches F&O.',
    severity: 2,
    query: `let changes = customEvents
| where name == "batch_retry.breaker"
| extend environment = tostring(customDimensions.environment), breaker = tostring(customDimensions.breaker);
let closed = changes
| where breaker == "closed"
| summarize closedAt = max(timestamp) by environment;
changes
| where breaker == "open"
| join kind=leftouter closed on environment
| where isnull(closedAt) or timestamp > closedAt
| summarize openSince = min(timestamp), lastAt = max(timestamp) by environment
| where openSince < ago(15m) and lastAt > ago(45m)`,
    windowSize: 'P1D',
    evaluationFrequency: 'PT5M',
    dimensions: ['environment'],
  },
  {
    name: 'unusual-run',
    displayName: 'A batch job runs too long, starts late or was too fast',
    description:
      'A run is not what the policy expects of it. Nothing is done to the job: a person must look.',
    severity: 2,
    query: `${eventsNamed('batch_retry.run_unusual')}${withDescription}
| extend finding = tostring(customDimensions.finding)
| summarize arg_max(timestamp, description, reason) by environment, jobId, finding`,
    windowSize: 'PT2H',
    evaluationFrequency: 'PT15M',
    dimensions: ['environment', 'jobId', 'finding'],
  },
  {
    name: 'lost-events',
    displayName: 'Events of F&O do not arrive',
    description:
      'The watch found three failures or more in a day of which no event came. It handles them, but minutes later.',
    severity: 2,
    query: `customEvents
| where name == "batch_retry.event_lost"
| extend environment = tostring(customDimensions.environment)
| summarize lost = count(), lastAt = max(timestamp) by environment
| where lost >= 3`,
    windowSize: 'P1D',
    evaluationFrequency: 'PT15M',
    dimensions: ['environment'],
  },
  {
    name: 'webhook-5xx',
    displayName: 'The webhook fails',
    description:
      'Three deliveries of F&O or more were answered with 5xx in 15 minutes. F&O delivers an event three times: it may be lost.',
    severity: 1,
    query: `let answered = customMetrics
| where name == "batch_retry.response.duration"
| where tostring(customDimensions.route) in ("business-events", "business-events-of-environment") and toint(customDimensions.status) >= 500
| summarize failed = sum(valueCount);
let hosted = requests
| where toint(resultCode) >= 500
| summarize failed = sum(itemCount);
union answered, hosted
| summarize failed = max(failed)
| where failed >= 3`,
    windowSize: 'PT15M',
    evaluationFrequency: 'PT5M',
    dimensions: [],
  },
  {
    name: 'no-telemetry',
    displayName: 'The service is silent',
    description:
      'No telemetry of the service for two hours. It sends some every hour when it runs, even if no job fails.',
    severity: 1,
    // Always one row, also where there is no record at all: so the alert stays until telemetry is back.
    query: `customMetrics
| where name startswith "batch_retry." and timestamp > ago(2h)
| summarize records = count()
| where records == 0`,
    windowSize: 'PT2H',
    evaluationFrequency: 'PT30M',
    dimensions: [],
  },
].map(({ description, ...rule }) => {
  const runbook = `docs/operate/incidents/${rule.name}.md`;
  const whenOver = { operator: 'GreaterThan', threshold: 0, autoMitigate: true };
  return { ...rule, description: `${description} What to do: ${runbook}`, ...whenOver, runbook };
});
