import type { ActionElements, FnoAnswer } from '../../domain/outcome.ts';
import { scrub } from '../../domain/scrub.ts';

/**
 * Masks e-mail addresses, tokens and keys in F&O's texts of an outcome: these texts go to the history, the log,
 * answers and notifications.
 */
export function withoutSecrets<Outcome extends { answer: FnoAnswer; action?: ActionElements }>(
  outcome: Outcome,
): Outcome {
  const { answer, action } = outcome;
  return {
    ...outcome,
    answer: { ...answer, message: scrubbed(answer.message) },
    ...(action === undefined
      ? {}
      : {
          action: {
            ...action,
            exceptionDetails: scrubbed(action.exceptionDetails),
            responseMessage: scrubbed(action.responseMessage),
          },
        }),
  };
}

function scrubbed(text: string | null): string | null {
  return text === null ? null : scrub(text);
}
