import { request } from 'node:http';

/** The result of one try. `answer` is the start of the endpoint's body. */
export type PostResult =
  { kind: 'answered'; status: number; answer: string } | { kind: 'error'; message: string };

const keptOfAnswer = 16_384;

/** Posts an event as F&O does: follows no redirect, and ends after `timeoutMs` at the latest. Never rejects. */
export function postEvent(
  url: string,
  text: string,
  timeoutMs: number,
  stopped: AbortSignal,
): Promise<PostResult> {
  return new Promise((resolve) => {
    const body = Buffer.from(text);
    const outgoing = request(url, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length },
    });
    const timer = setTimeout(() => outgoing.destroy(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs);
    const stop = (): void => void outgoing.destroy(new Error('the sandbox stopped'));
    stopped.addEventListener('abort', stop, { once: true });
    const settle = (result: PostResult): void => {
      clearTimeout(timer);
      stopped.removeEventListener('abort', stop);
      resolve(result);
    };
    const fail = (error: Error): void => settle({ kind: 'error', message: error.message || error.name });

    outgoing.on('error', fail);
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      let kept = 0;
      response.on('error', fail);
      response.on('data', (chunk: Buffer) => {
        if (kept < keptOfAnswer) chunks.push(chunk);
        kept += chunk.length;
      });
      response.on('end', () => {
        const answer = Buffer.concat(chunks).toString('utf8').slice(0, keptOfAnswer);
        settle({ kind: 'answered', status: response.statusCode ?? 0, answer });
      });
    });
    outgoing.end(body);
    if (stopped.aborted) stop();
  });
}
