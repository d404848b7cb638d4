import { once } from 'node:events';
import { type Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** Posts JSON and gives the decision, or throws: a benchmark of errors would tell nothing. */
export async function post(url: string, agent: Agent, body: string): Promise<string> {
  const sending = request(url, {
    method: 'POST',
    agent,
    headers: { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) },
  });
  sending.end(body);
  const [response]: IncomingMessage[] = await once(sending, 'response');
  if (!response) throw new Error('no response');
  const answer = await text(response);
  if (response.statusCode !== 200 && response.statusCode !== 202)
    throw new Error(`${response.statusCode}: ${answer}`);
  const { decision }: { decision?: string } = JSON.parse(answer);
  return decision ?? '';
}
