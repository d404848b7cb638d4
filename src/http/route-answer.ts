/** `body` is null for an answer without one. */
export type RouteAnswer = { status: number; headers: Readonly<Record<string, string>>; body: string | null };

export function jsonAnswer(
  value: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): RouteAnswer {
  return { status, headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify(value) };
}
