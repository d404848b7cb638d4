import type { Answer, TestService } from '../helpers/a-service.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

/** The parts that an answer names. */
export function partsOf(body: Answer['body']): Record<string, unknown>[] {
  const { parts } = body;
  return Array.isArray(parts) ? parts.map((part: Record<string, unknown>) => part) : [];
}

export async function advance({ clock }: TestService, ms: number): Promise<void> {
  if (clock instanceof ManualClock) await clock.advance(ms);
}
