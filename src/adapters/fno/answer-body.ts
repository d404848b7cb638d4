import type { ActionElements } from '../../domain/outcome.ts';
import { isObject } from '../../events/schema-validator.ts';
import { parseLenientJson } from './lenient-json.ts';

/** The answer of SetBatchJobToWaiting, in any of its documented spellings. */
export type ActionAnswer = ActionElements & { batchJobId: string | null };

/**
 * Reads the action's answer; null for any other body. The documentation spells its elements in several ways ("Batch
 * JobId", "reponseMessage"), so case and spaces do not count. An action that returns a string wraps its JSON in
 * `value`, as text.
 */
export function parseActionAnswer(body: string): ActionAnswer | null {
  const elements = elementsOf(parseObject(body));
  const wrapped = elements.get('value');
  const inner =
    typeof wrapped === 'string'
      ? elementsOf(parseObject(wrapped))
      : isObject(wrapped)
        ? elementsOf(wrapped)
        : elements;
  const isSuccess = readBoolean(inner.get('issuccess'));
  if (isSuccess === null) return null;
  const status = Number(readDigits(inner.get('responsestatuscode')) ?? 0);
  return {
    isSuccess,
    responseStatusCode: status === 0 ? null : status,
    batchJobId: readDigits(inner.get('batchjobid')),
    exceptionDetails: readText(inner.get('exceptiondetails')),
    responseMessage: readText(inner.get('responsemessage')) ?? readText(inner.get('reponsemessage')),
  };
}

/** Reads the message of an OData error, or of ASP.NET's own; null if the body is neither. */
export function parseErrorMessage(body: string): string | null {
  const root = elementsOf(parseObject(body));
  const error = elementsOf(root.get('error'));
  const inner = elementsOf(error.get('innererror'));
  return readText(inner.get('message')) ?? readText(error.get('message')) ?? readText(root.get('message'));
}

/** Reads an entity's fields under their own names; null if the body is not a JSON object. */
export function parseObject(body: string): Record<string, unknown> | null {
  const json = parseLenientJson(body);
  return json.ok && isObject(json.value) ? json.value : null;
}

function elementsOf(value: unknown): Map<string, unknown> {
  if (!isObject(value)) return new Map();
  return new Map(
    Object.entries(value).map(([name, element]) => [name.toLowerCase().replaceAll(/\s/g, ''), element]),
  );
}

function readBoolean(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return null;
  const text = value.toLowerCase();
  return text === 'true' ? true : text === 'false' ? false : null;
}

function readDigits(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return typeof value === 'string' && /^-?\d+$/.test(value) ? value : null;
}

/** Shortens the text and masks e-mail addresses: it goes to the history and to logs. */
function readText(value: unknown): string | null {
  if (typeof value !== 'string' || value.trim() === '') return null;
  const masked = value.slice(0, 2000).replaceAll(/[^\s@]+@[^\s@]+/g, '(e-mail address)');
  return masked.slice(0, 500).trim();
}
