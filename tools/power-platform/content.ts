/** What the solutions hold. The ids are made up once and stay: an import replaces what has the same id. */

export const publisher = { uniqueName: 'batchretry', name: 'Batch Retry', prefix: 'brt' };

export const connector = {
  id: '5d0c2f6e-5b0b-4a53-9a51-3d2f8b6f0a11',
  name: 'brt_batchretry',
  /** Power Platform writes `_` as `-5f` in the name of the API, and adds a hash at import (inferred). */
  api: 'shared_brt-5fbatchretry',
};

export type ConnectionReference = {
  logicalName: string;
  displayName: string;
  api: string;
  connectorId?: string;
};

export const connectionReferences: readonly ConnectionReference[] = [
  {
    logicalName: 'brt_batchretry',
    displayName: 'Batch Retry',
    api: connector.api,
    connectorId: connector.id,
  },
  { logicalName: 'brt_dynamicsax', displayName: 'Fin & Ops Apps (Dynamics 365)', api: 'shared_dynamicsax' },
  { logicalName: 'brt_teams', displayName: 'Microsoft Teams', api: 'shared_teams' },
];

export type EnvironmentVariable = {
  schemaName: string;
  displayName: string;
  description: string;
  defaultValue?: string;
};

export const environmentVariables: readonly EnvironmentVariable[] = [
  {
    schemaName: 'brt_FnoInstance',
    displayName: 'F&O instance',
    description:
      'The F&O instance as the Fin & Ops Apps connector names it, such as contoso.operations.dynamics.com',
  },
  {
    schemaName: 'brt_FailedEvent',
    displayName: 'Failed business event',
    description: 'The id of the business event "Batch job failed", as the catalog of F&O shows it',
    defaultValue: 'BatchJobFailedBusinessEvent',
  },
  {
    schemaName: 'brt_Environment',
    displayName: 'Environment in the service',
    description:
      'The name that the Batch Retry service has for this F&O instance: default, if there is only one',
    defaultValue: 'default',
  },
  {
    schemaName: 'brt_TeamsTeam',
    displayName: 'Teams team',
    description: 'The id of the team that gets the message (groupId in the link to the team)',
  },
  {
    schemaName: 'brt_TeamsChannel',
    displayName: 'Teams channel',
    description:
      'The id of the channel that gets the message, such as 19:…@thread.tacv2 (in the link to the channel)',
  },
  {
    schemaName: 'brt_BatchJobId',
    displayName: 'Batch job id',
    description: 'The id of the one batch job that is set to waiting whenever it fails',
  },
];

export type FlowEntry = { id: string; file: string; name: string; description: string };

export const flows: readonly FlowEntry[] = [
  {
    id: 'b7a0d1c2-3e64-4f0e-8a2b-6c1d5e9f0b21',
    file: 'requeue-failed-batch-jobs',
    name: 'Requeue failed batch jobs',
    description:
      'Hands each Batch job failed event of F&O to the Batch Retry service, which requeues under its policy',
  },
  {
    id: 'c3f4e5d6-7a81-4b92-9c03-d1e2f3a4b522',
    file: 'tell-teams-when-exhausted',
    name: 'Tell Teams when retries are exhausted',
    description: 'Posts a card with the timeline and two buttons: retry once more, and pause',
  },
  {
    id: 'd9e8f7a6-b5c4-4d3e-8f2a-1b0c9d8e7f23',
    file: 'daily-digest',
    name: 'Daily digest of batch jobs',
    description: 'Posts one message a day with the batch jobs that need a person, and none if there are none',
  },
];

export const plainFlow: FlowEntry = {
  id: 'e1d2c3b4-a596-4877-8665-544332211024',
  file: 'requeue-without-the-service',
  name: 'Requeue one batch job without the service',
  description:
    'Sets one batch job to waiting each time it fails: no limit, no delay, no record, no second look',
};
