import type { Outcome } from '../domain/job/outcomes.ts';
import type { Announcement } from './telemetry.ts';

type Meaning = { when: string; howOften: string };

/**
 * What a person must look at, and how often the service announces it. docs/reference/outcomes.md is made of these.
 */
export const announcementMeanings: Partial<Record<Outcome, Meaning>> &
  Record<Exclude<Announcement['about'], Outcome>, Meaning> = {
  exhausted: { when: 'All retries of the episode are used', howOften: 'once per episode' },
  refused: {
    when: 'F&O refused, or could not take the request for as long as `giveUpAfter`',
    howOften: 'once per failure',
  },
  deferred: {
    when: 'The service cannot sign in, F&O does not accept its token (401), or the set-up is wrong (403, redirect)',
    howOften: 'once, until F&O takes a request',
  },
  stuck: { when: 'The run of a requeued job has not ended in time', howOften: 'once per requeue' },
  'not-started': {
    when: 'F&O accepted a requeue, but the job only waits for its planned start',
    howOften: 'once per episode',
  },
  ended: {
    when: 'A requeued job ran, and the finished event that it sent before is missing',
    howOften: 'once per run',
  },
  'long-running': {
    when: 'A run is under way for longer than `expect.maxDuration`',
    howOften: 'once per run',
  },
  late: {
    when: 'A job has not started within `expect.startWithin` of its planned start',
    howOften: 'once per planned start',
  },
  'too-short': { when: 'A run ended well sooner than `expect.minDuration`', howOften: 'once per run' },
  'subscriber-failing': {
    when: 'Every delivery to a subscription has failed for over an hour',
    howOften: 'once, until a delivery arrives again',
  },
  undelivered: {
    when: 'The service gave up a notification after a day of tries',
    howOften: 'once per notification and subscriber',
  },
  'no-causes': {
    when: "The service may not read the customer's telemetry, or it is not where the settings say: [causes](../operate/causes.md)",
    howOften: 'once per environment, until it can be read',
  },
  unidentified: {
    when: 'An event of a batch job that nothing identifies: [set its id](../operate/connect.md#what-the-service-reads-in-an-event)',
    howOften: 'once per BusinessEventId',
  },
  'dead-letter': {
    when: 'Work failed too often, a message in the work queue is not work, or a message of Service Bus or Event Hubs cannot be read: [dead letters](../operate/incidents/dead-letters.md)',
    howOften: 'once per dead letter',
  },
};
