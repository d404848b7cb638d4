import SwaggerClient from 'swagger-client';
import { answerSchema, definition, findOperation, type Node, parametersOf } from '../swagger.ts';
import { violationsOf } from './answer-schema.ts';

export type Answer = { status: number; headers: Record<string, string>; body: Record<string, unknown> };

/** A connection of Power Automate to a running service, by the definition alone. */
export class Connection {
  /** The operations that were called so far. */
  readonly called = new Set<string>();
  readonly #key: string;
  readonly #client: ReturnType<typeof SwaggerClient>;

  /** `url` ends with /api, as the policy dynamichosturl makes it of the connection's address. */
  constructor(url: string, key: string) {
    this.#key = key;
    // The client writes into what it is given.
    const spec = { ...structuredClone(definition), host: new URL(url).host, schemes: ['http'] };
    this.#client = SwaggerClient({ spec, authorizations: { api_key: key } });
  }

  /** Calls an operation and holds what it answers to the definition. */
  async call(operationId: string, parameters: Record<string, unknown> = {}): Promise<Answer> {
    this.called.add(operationId);
    const answer = await this.#send(operationId, parameters);
    const findings = answer.status >= 400 ? findInProblem(answer) : findInAnswer(operationId, answer);
    if (findings.length > 0) throw new Error(`${operationId} ${answer.status}: ${findings.join('; ')}`);
    return answer;
  }

  /** What the dropdown of a parameter offers, as the definition says where it comes from. */
  async choices(
    operationId: string,
    parameter: string,
    chosen: Record<string, unknown>,
  ): Promise<{ value: string; title: string }[]> {
    const { operation } = findOperation(definition, operationId);
    const node = parametersOf(definition, operation).find(({ name }) => name === parameter);
    return this.choicesOf(node ?? {}, chosen);
  }

  async choicesOf(node: Node, chosen: Record<string, unknown>): Promise<{ value: string; title: string }[]> {
    const values = node['x-ms-dynamic-values'];
    if (!values) throw new Error('It has no dropdown');
    const parameters = Object.entries(values.parameters ?? {}).map(([name, from]) => [
      name,
      chosen[from.parameter ?? ''],
    ]);
    const { body } = await this.call(values.operationId, Object.fromEntries(parameters));
    return listAt(body, values['value-collection'] ?? '').map((one) => ({
      value: String(one[values['value-path'] ?? '']),
      title: String(one[values['value-title'] ?? '']),
    }));
  }

  /** Every item of a list that has pages: follows the link that x-ms-pageable names, with the key, to the end. */
  async pages(
    operationId: string,
    parameters: Record<string, unknown>,
  ): Promise<Record<string, unknown>[][]> {
    const { operation } = findOperation(definition, operationId);
    const linkName = operation['x-ms-pageable']?.nextLinkName ?? '';
    const schema = answerSchema(definition, operation) ?? {};
    const pages: Record<string, unknown>[][] = [];
    let { body } = await this.call(operationId, parameters);
    for (;;) {
      pages.push(listAt(body, 'value'));
      const link = body[linkName];
      if (typeof link !== 'string') return pages;
      const response = await fetch(link, { headers: { 'x-functions-key': this.#key } });
      body = asObject(await response.json());
      const findings = violationsOf(definition, schema, body);
      if (findings.length > 0) throw new Error(`${link}: ${findings.join('; ')}`);
    }
  }

  async #send(operationId: string, parameters: Record<string, unknown>): Promise<Answer> {
    try {
      const client = await this.#client;
      return read(await client.execute({ operationId, parameters }));
    } catch (error) {
      if (error instanceof Error && 'response' in error) return read(error.response);
      throw error;
    }
  }
}

/** RFC 9457, with the types of docs/reference/problems.md. */
function findInProblem({ status, headers, body }: Answer): string[] {
  return [
    ...(headers['content-type'] === 'application/problem+json' ? [] : ['not application/problem+json']),
    ...(/^urn:batch-retry:problem:[a-z-]+$/.test(String(body['type']))
      ? []
      : [`type ${String(body['type'])}`]),
    ...(body['status'] === status ? [] : [`status ${String(body['status'])} in the body`]),
  ];
}

function findInAnswer(operationId: string, { status, body }: Answer): string[] {
  const { operation } = findOperation(definition, operationId);
  if (!(status in operation.responses)) return ['the definition has no such answer'];
  const schema = answerSchema(definition, operation);
  return schema ? violationsOf(definition, schema, body) : [];
}

function read(response: unknown): Answer {
  const { status, headers, obj }: { status?: unknown; headers?: unknown; obj?: unknown } = Object(response);
  return {
    status: Number(status),
    headers: Object.fromEntries(
      Object.entries(Object(headers)).map(([name, value]) => [name, String(value)]),
    ),
    body: asObject(obj),
  };
}

function listAt(body: Record<string, unknown>, name: string): Record<string, unknown>[] {
  const list = body[name];
  if (!Array.isArray(list)) throw new Error(`${name} is no list`);
  return list.map(asObject);
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
