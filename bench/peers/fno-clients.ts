import { Agent, request } from 'node:http';
import { create } from 'axios';
import { Pool } from 'undici';
import { FnoHttp } from '../../src/adapters/fno/fno-http.ts';

/** Reads a job, unless `signal` aborts before; gives the text of the answer. */
export type AskFno = (signal: AbortSignal) => Promise<string>;

const connections = 32;
const path = '/data/BatchJobs(5637144576)';

/** Clients that read a job in F&O, each with what a service needs: kept connections, a limit of time, no redirect. */
export const fnoClients: Readonly<Record<string, (orgUrl: string, token: string) => AskFno>> = {
  "this: axios' HTTP adapter": (orgUrl, token) => {
    const http = new FnoHttp(orgUrl);
    return async (signal) => {
      const reply = await http.send({ method: 'GET', path, token, body: null }, signal);
      return reply.kind === 'answered' ? reply.body : reply.message;
    };
  },
  'axios as its documentation calls it': (orgUrl, token) => {
    const client = create({
      baseURL: orgUrl,
      httpAgent: new Agent({ keepAlive: true, maxSockets: connections }),
      headers: { Authorization: `Bearer ${token}` },
      maxRedirects: 0,
      responseType: 'text',
    });
    return async (signal) => (await client.get<string>(path, { signal })).data;
  },
  'node:http': (orgUrl, token) => {
    const agent = new Agent({ keepAlive: true, maxSockets: connections });
    const headers = { Authorization: `Bearer ${token}` };
    return (signal) =>
      new Promise((resolve, reject) => {
        const sent = request(`${orgUrl}${path}`, { agent, headers, signal }, (response) => {
          let text = '';
          response.setEncoding('utf8').on('error', reject);
          response.on('data', (chunk: string) => (text += chunk)).on('end', () => resolve(text));
        });
        sent.on('error', reject).end();
      });
  },
  undici: (orgUrl, token) => {
    const pool = new Pool(orgUrl, { connections });
    const headers = { authorization: `Bearer ${token}` };
    return async (signal) => (await pool.request({ method: 'GET', path, headers, signal })).body.text();
  },
};
