/** Which step of which trace, in hexadecimal digits. */
export type SpanIds = { traceId: string; spanId: string };

/** Reads a traceparent: https://www.w3.org/TR/trace-context/#traceparent-header; null if it is none. */
export function parseTraceparent(header: string | null | undefined): SpanIds | null {
  const [, traceId, spanId] =
    /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}/.exec(header ?? '') ?? [];
  if (traceId === undefined || spanId === undefined) return null;
  return /^0+$/.test(traceId) || /^0+$/.test(spanId) ? null : { traceId, spanId };
}

/** With the flag that says that the step is recorded. */
export function formatTraceparent({ traceId, spanId }: SpanIds): string {
  return `00-${traceId}-${spanId}-01`;
}
