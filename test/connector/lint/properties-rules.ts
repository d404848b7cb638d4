import { operationsOf } from '../swagger.ts';
import { type Rule, unless } from './rule.ts';

const entra = '/properties/properties/connectionParameterSets/values/1';

export const propertiesRules: Rule[] = [
  {
    sentence:
      "The connection asks for the address of the customer's own service and for its key, which is kept secret",
    check: ({ properties: { properties } }) =>
      [
        properties.connectionParameters,
        ...(properties.connectionParameterSets?.values ?? []).map(({ parameters }) => parameters),
      ].flatMap(({ hostUrl, api_key: key }, index) =>
        unless(
          hostUrl?.type === 'string' &&
            hostUrl.uiDefinition?.constraints?.required === 'true' &&
            key?.type === 'securestring',
          `connection parameters ${index}`,
        ),
      ),
    broken: [
      ['/properties/properties/connectionParameters/hostUrl', undefined],
      ['/properties/properties/connectionParameters/hostUrl/uiDefinition/constraints/required', 'false'],
      ['/properties/properties/connectionParameters/api_key/type', 'string'],
      [`${entra}/parameters/hostUrl`, undefined],
    ],
  },
  {
    sentence: "dynamichosturl leads every call to the customer's own service, under /api",
    check: ({ properties: { properties } }) =>
      unless(
        properties.policyTemplateInstances.some(
          ({ templateId, parameters }) =>
            templateId === 'dynamichosturl' &&
            parameters['x-ms-apimTemplateParameter.urlTemplate'] === "@connectionParameters('hostUrl')/api" &&
            parameters['x-ms-apimTemplate-operationName'] === undefined,
        ),
        'There is no such policy',
      ),
    broken: [
      ['/properties/properties/policyTemplateInstances/0/templateId', 'routerequesttoendpoint'],
      [
        '/properties/properties/policyTemplateInstances/0/parameters/x-ms-apimTemplate-operationName',
        ['GetBatchJob'],
      ],
    ],
  },
  {
    sentence: 'The definition says that the key goes into the header x-functions-key',
    check: ({ definition: { securityDefinitions } }) => {
      const key = securityDefinitions['api_key'];
      return unless(
        key?.type === 'apiKey' && key.in === 'header' && key.name === 'x-functions-key',
        'api_key',
      );
    },
    broken: [
      ['/definition/securityDefinitions/api_key/name', 'x-api-key'],
      ['/definition/securityDefinitions/api_key', undefined],
    ],
  },
  {
    sentence: 'Entra ID is the second choice, by connectionParameterSets and the identity provider aad',
    check: ({ properties: { properties } }) => {
      const [first, second] = properties.connectionParameterSets?.values ?? [];
      const signsIn = Object.values(second?.parameters ?? {}).some(
        ({ type, oAuthSettings }) => type === 'oauthSetting' && oAuthSettings?.identityProvider === 'aad',
      );
      return unless(first !== undefined && first.name !== second?.name && signsIn, 'Entra ID is not there');
    },
    broken: [
      ['/properties/properties/connectionParameterSets', undefined],
      [`${entra}/parameters/token`, undefined],
      [`${entra}/parameters/token/oAuthSettings/identityProvider`, 'oauth2'],
    ],
  },
  {
    sentence: 'updatenextlink covers every operation that has pages, and no other',
    check: ({ definition, properties: { properties } }) => {
      const policy = properties.policyTemplateInstances.find(
        ({ templateId }) => templateId === 'updatenextlink',
      );
      const covered = [policy?.parameters['x-ms-apimTemplate-operationName'] ?? []].flat();
      const paged = operationsOf(definition)
        .filter(({ operation }) => operation['x-ms-pageable'] !== undefined)
        .map(({ operation }) => operation.operationId);
      return unless(covered.toSorted().join() === paged.toSorted().join(), covered.join());
    },
    broken: [
      [
        '/properties/properties/policyTemplateInstances/2/parameters/x-ms-apimTemplate-operationName',
        ['ListBatchJobs'],
      ],
      ['/properties/properties/policyTemplateInstances/2/templateId', 'setheader'],
    ],
  },
];
