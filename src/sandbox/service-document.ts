import type { Answer } from './answer.ts';
import { jsonAnswer } from './answer.ts';
import type { BatchStatus } from './batch-status.ts';
import { batchStatuses } from './batch-status.ts';
import type { ODataEntity } from './odata-entity.ts';

const namespace = 'Microsoft.Dynamics.DataEntities';

/** What the documents name of an entity, whatever its rows are. */
export type NamedEntity = Pick<ODataEntity<never>, 'set' | 'type' | 'key' | 'properties'>;

/** `GET /data`: the names of all entity sets, without their properties. F&O has thousands, all in one answer. */
export function serviceDocument(entities: readonly NamedEntity[], others: number, orgUrl: string): Answer {
  const value = all(entities, others).map(({ set }) => ({ name: set, kind: 'EntitySet', url: set }));
  return jsonAnswer(200, { '@odata.context': `${orgUrl}/data/$metadata`, value });
}

/** `GET /data/$metadata`: all entities with their properties. F&O's is tens of megabytes long. */
export function metadataDocument(entities: readonly NamedEntity[], others: number): Answer {
  const listed = all(entities, others);
  const body = [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>',
    `<Schema Namespace="${namespace}" xmlns="http://docs.oasis-open.org/odata/ns/edm">`,
    enumType('BatchStatus', batchStatuses satisfies readonly BatchStatus[]),
    enumType('NoYes', ['No', 'Yes']),
    ...listed.map(entityType),
    '<EntityContainer Name="Resources">',
    ...listed.map(({ set, type }) => `<EntitySet Name="${set}" EntityType="${namespace}.${type}"/>`),
    '</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>',
  ].join('\n');
  return { status: 200, headers: { 'content-type': 'application/xml', 'odata-version': '4.0' }, body };
}

function all(entities: readonly NamedEntity[], others: number): NamedEntity[] {
  return [...entities, ...Array.from({ length: others }, (_, n) => otherEntity(n))];
}

/** An entity that means nothing here, with as many properties as F&O's have on average. */
function otherEntity(n: number): NamedEntity {
  const names = Array.from({ length: 40 }, (_, property) => `Property${property}`);
  return {
    set: `OtherEntities${n}`,
    type: `OtherEntity${n}`,
    key: 'Property0',
    properties: Object.fromEntries(names.map((name) => [name, 'Edm.String'])),
  };
}

function entityType({ type, key, properties }: NamedEntity): string {
  const lines = Object.entries(properties).map(([name, kind]) => `<Property Name="${name}" Type="${kind}"/>`);
  const keyLine = `<Key><PropertyRef Name="${key}"/></Key>`;
  return [`<EntityType Name="${type}">`, keyLine, ...lines, '</EntityType>'].join('\n');
}

function enumType(name: string, values: readonly string[]): string {
  const members = values.map((value, n) => `<Member Name="${value}" Value="${n}"/>`);
  return `<EnumType Name="${name}">${members.join('')}</EnumType>`;
}
