import type { Step, TelemetryEvent } from '../../ports/telemetry.ts';
import { toDimensions } from './dimensions.ts';
import type { MetricDimensions, MetricName, MetricRecord } from './telemetry-record.ts';

/** What an event counts and measures. */
export function metricsOfEvent(event: TelemetryEvent): MetricRecord[] {
  switch (event.kind) {
    case 'decided': {
      const { environment, decision, cause } = event;
      return [
        metric('batch_retry.events', 1, { environment, decision }),
        ...(decision === 'requeued' ? [metric('batch_retry.requeues', 1, { environment })] : []),
        ...(cause === null ? [] : [metric('batch_retry.deferred', 1, { environment, cause })]),
      ];
    }
    case 'notified': {
      const { environment, notification, episodeMs, retriesUsed } = event;
      if (notification === 'exhausted') return [metric('batch_retry.exhausted', 1, { environment })];
      if (notification !== 'recovered') return [];
      return [
        metric('batch_retry.recovered', 1, { environment }),
        metric('batch_retry.recovery.time', episodeMs / 1000, { environment }),
        metric('batch_retry.recovery.attempts', retriesUsed, { environment }),
      ];
    }
    case 'breaker': {
      const { environment, breaker } = event;
      return [metric('batch_retry.breaker.state', breaker === 'open' ? 1 : 0, { environment })];
    }
    case 'oldest-due': {
      const { environment, forMs } = event;
      return [metric('batch_retry.queue.oldest', forMs / 1000, { environment })];
    }
    case 'run-unusual': {
      const { environment, finding } = event;
      return [metric('batch_retry.runs_unusual', 1, { environment, finding })];
    }
    case 'event-lost':
      return [metric('batch_retry.events_lost', 1, { environment: event.environment })];
    case 'run-ended':
    case 'by-hand':
    case 'cause-found':
    case 'announced':
    case 'warning':
    case 'error':
      return [];
  }
}

/** What a step that took `tookMs` measures. */
export function metricsOfStep(step: Step, startedAt: Date, tookMs: number, outcome: string): MetricRecord[] {
  switch (step.name) {
    case 'answer':
      return [metric('batch_retry.response.duration', tookMs, { route: step.route, status: outcome })];
    case 'process-job': {
      const { environment, dueAt } = step;
      const lateMs = Math.max(startedAt.getTime() - dueAt.getTime(), 0);
      return [metric('batch_retry.queue.age', lateMs / 1000, { environment })];
    }
    case 'setToWaiting':
    case 'readStatus':
    case 'listJobs':
    case 'searchRuns': {
      const { name: call, environment } = step;
      return [metric('batch_retry.fno.duration', tookMs, { environment, call, outcome })];
    }
    case 'receive-message':
    case 'claim':
    case 'findTexts':
      return [];
  }
}

function metric<Name extends MetricName>(
  name: Name,
  value: number,
  dimensions: MetricDimensions<Name>,
): MetricRecord {
  return { kind: 'metric', name, value, dimensions: toDimensions(dimensions) };
}
