import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { sleptThrough } from './activity.ts';
import type { Answer } from './answer.ts';
import type { ConnectionFault } from './fault-answers.ts';
import { answerBeneath } from './fault-answers.ts';
import type { Target } from './routes.ts';

/** Lets a client read what came before the reset, in ms; otherwise the reset would overtake it. */
const beforeResetMs = 20;

interface Exchange {
  target: Target;
  response: ServerResponse;
  /** Sends a whole answer. */
  send: (answer: Answer) => void;
  /** Called with the status when only the head of an answer goes out. */
  headSent: (status: number) => void;
  stopped: AbortSignal;
}

export async function breakConnection(fault: ConnectionFault, exchange: Exchange): Promise<void> {
  const { target, response, stopped } = exchange;
  switch (fault.kind) {
    case 'hang':
      if (fault.committed) target.answer();
      return;
    case 'delay': {
      const early = fault.acts === 'last' ? null : target.answer();
      if (await slept(fault.ms, stopped)) exchange.send(early ?? target.answer());
      return;
    }
    case 'reset': {
      const answer = answerBeneath(fault, target);
      if (fault.when === 'after-headers') {
        await sendHalf(answer, exchange);
        await slept(beforeResetMs, stopped);
      }
      response.socket?.resetAndDestroy();
      return;
    }
    case 'cut':
      await sendHalf(answerBeneath(fault, target), exchange);
      response.destroy();
      return;
    case 'trickle': {
      const { headers } = answerBeneath(fault, target);
      response.writeHead(200, headers);
      exchange.headSent(200);
      do response.write(' ');
      while ((await slept(fault.everyMs ?? 100, stopped)) && !response.destroyed);
    }
  }
}

/** Promises the whole body, sends half of it, and resolves once that half is sent. */
function sendHalf(answer: Answer, { response, headSent }: Exchange): Promise<void> {
  const body = Buffer.from(answer.body);
  response.writeHead(200, { ...answer.headers, 'content-length': body.length });
  headSent(200);
  return new Promise((resolve) => {
    response.once('close', resolve);
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => resolve());
  });
}

function slept(ms: number, stopped: AbortSignal): Promise<boolean> {
  return sleptThrough(wait(ms, undefined, { signal: stopped }), stopped);
}
