import type { JsonObject } from './json.ts';
import { toJson } from './json.ts';

/** A whole HTTP answer, before a fault changes it. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export function jsonAnswer(status: number, value: JsonObject, headers: Record<string, string> = {}): Answer {
  const type = 'application/json; odata.metadata=minimal; charset=utf-8';
  return {
    status,
    headers: { 'content-type': type, 'odata-version': '4.0', ...headers },
    body: toJson(value),
  };
}

export function htmlAnswer(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8', ...headers }, body };
}

/** The body of F&O's OData errors: `code` is empty, and `innererror` holds the useful text. */
export function odataError(
  status: number,
  message: string,
  type = 'System.InvalidOperationException',
): Answer {
  return jsonAnswer(status, {
    error: { code: '', message: 'An error has occurred.', innererror: { message, type, stacktrace: '' } },
  });
}

/** Web servers in front of OData answer so for a path that leads nowhere. */
export function noSuchPath(path: string): Answer {
  return jsonAnswer(404, { Message: `No HTTP resource was found for ${path}` });
}

/** F&O sends 401 without a body. */
export function unauthorized(): Answer {
  return { status: 401, headers: { 'www-authenticate': 'Bearer realm="sandbox"' }, body: '' };
}
