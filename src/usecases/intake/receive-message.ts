import { defaultEnvironment, type EnvironmentSenders } from '../../events/envelopes/environment-of.ts';
import { noHeaders } from '../../events/envelopes/wrapping.ts';
import { StoreUnavailable } from '../../ports/ledger.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { Delivery, DeliveryResult, EventResult } from './receive-delivery.ts';
import { type Rejection, rejectionTitles } from './rejection.ts';

/** What the broker's trigger must do with its message. */
export type MessageOutcome = { kind: 'taken' } | NotTaken;

/** `unreadable`: a redelivery would be rejected again. Otherwise the broker must deliver the message again. */
type NotTaken = { kind: 'unreadable' | 'unavailable' | 'failed'; environment: string; reason: string };

/**
 * Receives a message's bytes as the webhook would: the same envelopes, limits and decisions. `named` is the
 * environment that the broker's setting names. Always resolves.
 */
export function createReceiveMessage(
  environments: readonly EnvironmentSenders[],
  receiveDelivery: (delivery: Delivery) => Promise<DeliveryResult>,
  telemetry: Telemetry,
) {
  return async function receiveMessage(message: unknown, named: string | null): Promise<MessageOutcome> {
    const environment = named ?? defaultEnvironment(environments) ?? '';
    if (!(message instanceof Uint8Array)) {
      const reason = 'The message arrived parsed, not as bytes: digits may be lost.';
      return { kind: 'unreadable', environment, reason };
    }
    const delivery = { body: message, header: noHeaders, environment: named, eventKind: null };
    try {
      const outcome = outcomeOf(await receiveDelivery(delivery));
      return outcome.kind === 'taken' ? outcome : { ...outcome, environment };
    } catch (error) {
      telemetry.record({ kind: 'error', message: 'A message could not be received.', error });
      const kind = error instanceof StoreUnavailable ? 'unavailable' : 'failed';
      return { kind, environment, reason: 'The service failed. The cause is in its log.' };
    }
  };
}

function outcomeOf(delivery: DeliveryResult): { kind: 'taken' } | Omit<NotTaken, 'environment'> {
  const results = resultsOf(delivery);
  if (results.some(({ kind }) => kind === 'unavailable')) {
    return {
      kind: 'unavailable',
      reason: 'The store cannot be reached: the broker must deliver the message again.',
    };
  }
  const rejections = results.flatMap((one) => (one.kind === 'rejected' ? [one.rejection] : []));
  if (rejections.length === 0) return { kind: 'taken' };
  return { kind: 'unreadable', reason: rejections.map(reasonOf).join(' ') };
}

function resultsOf(delivery: DeliveryResult): (EventResult | { kind: 'rejected'; rejection: Rejection })[] {
  switch (delivery.kind) {
    case 'rejected':
      return [delivery];
    case 'one':
      return [delivery.result];
    case 'several':
      return delivery.results;
  }
}

/** A parser's message about text that is not JSON may quote the text, which must not reach the log. */
function reasonOf({ kind, detail }: Rejection): string {
  return kind === 'not-json' ? `${rejectionTitles[kind]}.` : `${rejectionTitles[kind]}: ${detail}`;
}
