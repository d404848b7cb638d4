import eventSchema from '../../../schemas/batch-job-failed.schema.json' with { type: 'json' };
import type { Node } from '../swagger.ts';

/** An operation of a connector of Microsoft's, as far as the flows use it. */
export type KnownOperation = {
  kind: 'trigger' | 'action' | 'waiting action';
  /** `name/` stands for anything below it. */
  parameters: string[];
  required: string[];
  /** What it gives: a trigger's body or an action's answer. */
  gives: Node;
};

const text: Node = { type: 'string' };
const channel = [
  'poster',
  'location',
  'body/recipient/groupId',
  'body/recipient/channelId',
  'body/messageBody',
];

/**
 * Those of `shared_dynamicsax` as in https://learn.microsoft.com/connectors/dynamicsax/, those of `shared_teams`
 * as in https://learn.microsoft.com/connectors/teams/. What a card's answer holds is shown in
 * https://learn.microsoft.com/microsoft-365/documentprocessing/solution-manage-contracts-step3; what its `data`
 * holds, the buttons of the card say.
 */
export const microsoftOperations: Record<string, Record<string, KnownOperation>> = {
  shared_dynamicsax: {
    SubscribeOnABusinessEvent: {
      kind: 'trigger',
      parameters: ['dataset', 'businesseventcategory', 'businessevent', 'legalEntity'],
      required: ['dataset', 'businesseventcategory', 'businessevent'],
      gives: { type: 'object', properties: fieldsOf(Object.keys(eventSchema.properties)) },
    },
    ExecuteProcedure: {
      kind: 'action',
      parameters: ['dataset', 'procedure', 'parameters/'],
      required: ['dataset', 'procedure'],
      gives: { type: 'object', properties: fieldsOf(['value', 'OutputParameters']) },
    },
  },
  shared_teams: {
    PostMessageToConversation: {
      kind: 'action',
      parameters: channel,
      required: channel,
      gives: { type: 'object', properties: fieldsOf(['id']) },
    },
    PostCardAndWaitForResponse: {
      kind: 'waiting action',
      parameters: channel,
      required: channel,
      gives: {
        type: 'object',
        properties: {
          ...fieldsOf(['responseTime', 'submitActionId', 'messageId']),
          responder: {
            type: 'object',
            properties: fieldsOf(['objectId', 'tenantId', 'email', 'userPrincipalName', 'displayName']),
          },
        },
      },
    },
  },
};

export function fieldsOf(names: readonly string[]): Record<string, Node> {
  return Object.fromEntries(names.map((name) => [name, text]));
}
