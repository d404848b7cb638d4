import type { Fault } from '../../src/sandbox/faults.ts';

/**
 * What is done about each fault that can befall a request: what the webhook answers, how much budget is used then,
 * what F&O got, and in how many seconds the failure is due; then, with F&O well again, after how many seconds
 * something is done next, what F&O gets, and what that comes to. Random waits are at their middle, an eighth more.
 * The job is read before each request. A request whose fate is not known is settled when the lease of its claim is
 * over, 35 s after the event, and so is a run first polled that F&O accepted. A job that was refused is watched.
 */
const requestTable = `
what befalls the request             | answer       | budget | F&O got              | due  | next | F&O gets      | comes to | budget
200, IsSuccess true                  | 200 requeued | 1      | status action        | -    | 35   | status        | requeued | 1
200, IsSuccess false                 | 200 refused  | 0      | status action        | -    | 1800 | status        | refused  | 0
200 with HTML, acted on              | 202 deferred | 0      | status action        | 35   | 35   | status        | requeued | 1
200 with HTML, not acted on          | 202 deferred | 0      | status action        | 35   | 35   | status action | requeued | 1
200 with broken JSON, acted on       | 202 deferred | 0      | status action        | 35   | 35   | status        | requeued | 1
200 with broken JSON, not acted on   | 202 deferred | 0      | status action        | 35   | 35   | status action | requeued | 1
200 with another shape, acted on     | 202 deferred | 0      | status action        | 35   | 35   | status        | requeued | 1
200 with another shape, not acted on | 202 deferred | 0      | status action        | 35   | 35   | status action | requeued | 1
401 once                             | 200 requeued | 1      | status action action | -    | 35   | status        | requeued | 1
401 with a new token, too            | 202 deferred | 0      | status action action | 67.5 | 67.5 | status action | requeued | 1
403, no permission                   | 202 deferred | 0      | status action        | 3600 | 3600 | status action | requeued | 1
404, no such job or action           | 200 refused  | 0      | status action        | -    | 1800 | status        | refused  | 0
429, Retry-After in seconds          | 202 deferred | 0      | status action        | 120  | 120  | status action | requeued | 1
429, Retry-After as a date           | 202 deferred | 0      | status action        | 240  | 240  | status action | requeued | 1
429, Retry-After of a day            | 202 deferred | 0      | status action        | 3600 | 3600 | status action | requeued | 1
429, no Retry-After                  | 202 deferred | 0      | status action        | 30   | 30   | status action | requeued | 1
500, acted on                        | 202 deferred | 0      | status action        | 35   | 35   | status        | requeued | 1
500, not acted on                    | 202 deferred | 0      | status action        | 35   | 35   | status action | requeued | 1
502, acted on                        | 202 deferred | 0      | status action        | 35   | 35   | status        | requeued | 1
502, not acted on                    | 202 deferred | 0      | status action        | 35   | 35   | status action | requeued | 1
503, servicing                       | 202 deferred | 0      | status action        | 33.8 | 33.8 | status action | requeued | 1
503, Retry-After in seconds          | 202 deferred | 0      | status action        | 90   | 90   | status action | requeued | 1
504, acted on                        | 202 deferred | 0      | status action        | 35   | 35   | status        | requeued | 1
504, not acted on                    | 202 deferred | 0      | status action        | 35   | 35   | status action | requeued | 1
refused connection                   | 202 deferred | 0      | -                    | 33.8 | 33.8 | status action | requeued | 1
certificate that is not trusted      | 202 deferred | 0      | -                    | 33.8 | 33.8 | -             | deferred | 0
reset, acted on                      | 202 deferred | 0      | status action        | 35   | 35   | status        | requeued | 1
reset, not acted on                  | 202 deferred | 0      | status action        | 35   | 35   | status action | requeued | 1
reset amid the answer, acted on      | 202 deferred | 0      | status action        | 35   | 35   | status        | requeued | 1
no answer, acted on                  | 202 deferred | 0      | status action        | 35   | 35   | status        | requeued | 1
no answer, not acted on              | 202 deferred | 0      | status action        | 35   | 35   | status action | requeued | 1
a body that trickles, acted on       | 202 deferred | 0      | status action        | 35   | 35   | status        | requeued | 1
cut body, acted on                   | 202 deferred | 0      | status action        | 35   | 35   | status        | requeued | 1
cut body, not acted on               | 202 deferred | 0      | status action        | 35   | 35   | status action | requeued | 1
body over 1 MiB, acted on            | 202 deferred | 0      | status action        | 35   | 35   | status        | requeued | 1
body over 1 MiB, not acted on        | 202 deferred | 0      | status action        | 35   | 35   | status action | requeued | 1
redirect to a login page             | 202 deferred | 0      | status action        | 3600 | 3600 | status action | requeued | 1
redirect that keeps the method       | 202 deferred | 0      | status action        | 3600 | 3600 | status action | requeued | 1
token endpoint fails                 | 202 deferred | 0      | -                    | 67.5 | 67.5 | status action | requeued | 1
token endpoint hangs                 | 202 deferred | 0      | -                    | 71.5 | 71.5 | status action | requeued | 1
`;

/** The same for the read before the request: F&O has done nothing then, so no fault of it costs budget. */
const readTable = `
what befalls the read              | answer       | budget | F&O got              | due  | next | F&O gets      | comes to | budget
503                                | 202 deferred | 0      | status               | 33.8 | 33.8 | status action | requeued | 1
503, Retry-After in seconds        | 202 deferred | 0      | status               | 90   | 90   | status action | requeued | 1
502                                | 202 deferred | 0      | status               | 33.8 | 33.8 | status action | requeued | 1
504                                | 202 deferred | 0      | status               | 33.8 | 33.8 | status action | requeued | 1
500                                | 202 deferred | 0      | status               | 33.8 | 33.8 | status action | requeued | 1
429, Retry-After in seconds        | 202 deferred | 0      | status               | 120  | 120  | status action | requeued | 1
429, no Retry-After                | 202 deferred | 0      | status               | 30   | 30   | status action | requeued | 1
401 once                           | 200 requeued | 1      | status status action | -    | 35   | status        | requeued | 1
401 with a new token, too          | 202 deferred | 0      | status status        | 67.5 | 67.5 | status action | requeued | 1
403, no permission                 | 202 deferred | 0      | status               | 3600 | 3600 | status action | requeued | 1
404 of OData, once                 | 202 deferred | 0      | status               | 60   | 60   | status action | requeued | 1
404 of OData, again after a minute | 202 deferred | 0      | status               | 60   | 60   | status        | gone     | 0
404 with an empty body             | 202 deferred | 0      | status               | 33.8 | 33.8 | status action | requeued | 1
404, no such address               | 202 deferred | 0      | status               | 3600 | 3600 | status action | requeued | 1
redirect to a login page           | 202 deferred | 0      | status               | 3600 | 3600 | status action | requeued | 1
200 with HTML                      | 202 deferred | 0      | status               | 33.8 | 33.8 | status action | requeued | 1
200 with broken JSON               | 202 deferred | 0      | status               | 33.8 | 33.8 | status action | requeued | 1
200 with another shape             | 202 deferred | 0      | status               | 33.8 | 33.8 | status action | requeued | 1
body over 1 MiB                    | 202 deferred | 0      | status               | 33.8 | 33.8 | status action | requeued | 1
cut body                           | 202 deferred | 0      | status               | 33.8 | 33.8 | status action | requeued | 1
reset                              | 202 deferred | 0      | status               | 33.8 | 33.8 | status action | requeued | 1
no answer                          | 202 deferred | 0      | status               | 37.8 | 37.8 | status action | requeued | 1
`;

/** The rows of the tables, cell by cell. */
export const requestRows = rowsOf(requestTable);
export const readRows = rowsOf(readTable);

function rowsOf(table: string): string[][] {
  const lines = table.trim().split('\n').slice(1);
  return lines.map((line) => line.split('|').map((cell) => cell.trim()));
}

export type Trouble = {
  fault: Fault | 'down' | 'untrusted';
  on?: 'action' | 'token' | 'read';
  times?: number;
  /** It goes on although F&O is said to be well again. */
  lasts?: boolean;
  /** What the reason says. */
  says?: RegExp;
};

const retryAt = 'Mon, 02 Mar 2026 01:05:00 GMT';
const unknown = (fault: Fault, says = /not known whether F&O acted/): Trouble => ({ fault, says });
export const requestTroubles: Record<string, Trouble | null> = {
  '200, IsSuccess true': null,
  '200, IsSuccess false': { fault: { kind: 'refused', message: 'It is on hold.' }, says: /It is on hold/ },
  '200 with HTML, acted on': unknown({ kind: 'html', committed: true }),
  '200 with HTML, not acted on': unknown({ kind: 'html' }),
  '200 with broken JSON, acted on': unknown({ kind: 'broken-json', committed: true }),
  '200 with broken JSON, not acted on': unknown({ kind: 'broken-json' }),
  '200 with another shape, acted on': unknown({ kind: 'other-shape', committed: true }),
  '200 with another shape, not acted on': unknown({ kind: 'other-shape' }),
  '401 once': { fault: { kind: 'unauthorized' } },
  '401 with a new token, too': { fault: { kind: 'unauthorized' }, times: 2, says: /401.*is a user in F&O/ },
  '403, no permission': { fault: { kind: 'forbidden' }, says: /a person must look/ },
  '404, no such job or action': { fault: { kind: 'not-found' }, says: /No HTTP resource/ },
  '429, Retry-After in seconds': { fault: { kind: 'throttled', retryAfter: 120 }, says: /throttles/ },
  '429, Retry-After as a date': { fault: { kind: 'throttled', retryAfter: retryAt }, says: /throttles/ },
  '429, Retry-After of a day': { fault: { kind: 'throttled', retryAfter: 86_400 }, says: /throttles/ },
  '429, no Retry-After': { fault: { kind: 'throttled', retryAfter: null }, says: /throttles/ },
  '500, acted on': unknown({ kind: 'server-error', committed: true }),
  '500, not acted on': unknown({ kind: 'business-error', message: 'Deadlock victim.' }, /Deadlock victim/),
  '502, acted on': unknown({ kind: 'unavailable', status: 502, committed: true }),
  '502, not acted on': unknown({ kind: 'unavailable', status: 502 }),
  '503, servicing': { fault: { kind: 'unavailable', status: 503 }, says: /not available/ },
  '503, Retry-After in seconds': { fault: { kind: 'unavailable', status: 503, retryAfter: 90 } },
  '504, acted on': unknown({ kind: 'unavailable', status: 504, committed: true }),
  '504, not acted on': unknown({ kind: 'unavailable', status: 504 }),
  'refused connection': { fault: 'down', says: /could not be reached \(ECONNREFUSED\)/ },
  'certificate that is not trusted': { fault: 'untrusted', says: /\(DEPTH_ZERO_SELF_SIGNED_CERT\)/ },
  'reset, acted on': unknown({ kind: 'reset', committed: true }),
  'reset, not acted on': unknown({ kind: 'reset' }),
  'reset amid the answer, acted on': unknown({ kind: 'reset', when: 'after-headers', committed: true }),
  'no answer, acted on': unknown({ kind: 'hang', committed: true }),
  'no answer, not acted on': unknown({ kind: 'hang' }),
  'a body that trickles, acted on': unknown({ kind: 'trickle', committed: true }),
  'cut body, acted on': unknown({ kind: 'cut', committed: true }),
  'cut body, not acted on': unknown({ kind: 'cut' }),
  'body over 1 MiB, acted on': unknown({ kind: 'oversized', committed: true }),
  'body over 1 MiB, not acted on': unknown({ kind: 'oversized' }),
  'redirect to a login page': { fault: { kind: 'redirect', status: 302 }, says: /a redirect/ },
  'redirect that keeps the method': { fault: { kind: 'redirect', status: 307 }, says: /a redirect/ },
  'token endpoint fails': {
    fault: { kind: 'token-error', status: 503 },
    on: 'token',
    says: /no token for F&O/,
  },
  'token endpoint hangs': { fault: { kind: 'hang' }, on: 'token', says: /no token for F&O.*in time/ },
};

const ofRead = (fault: Fault, says: RegExp, more: Partial<Trouble> = {}): Trouble => ({
  fault,
  on: 'read',
  says,
  ...more,
});
const isAway = /not available/;
export const readTroubles: Record<string, Trouble> = {
  '503': ofRead({ kind: 'unavailable', status: 503 }, isAway),
  '503, Retry-After in seconds': ofRead({ kind: 'unavailable', status: 503, retryAfter: 90 }, isAway),
  '502': ofRead({ kind: 'unavailable', status: 502 }, isAway),
  '504': ofRead({ kind: 'unavailable', status: 504 }, isAway),
  '500': ofRead({ kind: 'server-error' }, isAway),
  '429, Retry-After in seconds': ofRead({ kind: 'throttled', retryAfter: 120 }, /throttles/),
  '429, no Retry-After': ofRead({ kind: 'throttled', retryAfter: null }, /throttles/),
  '401 once': ofRead({ kind: 'unauthorized' }, /./),
  '401 with a new token, too': ofRead({ kind: 'unauthorized' }, /401.*is a user in F&O/, { times: 2 }),
  '403, no permission': ofRead({ kind: 'forbidden' }, /a person must look/),
  '404 of OData, once': ofRead({ kind: 'not-found', from: 'odata' }, /no such batch job/),
  '404 of OData, again after a minute': ofRead({ kind: 'not-found', from: 'odata' }, /no such batch job/, {
    times: 2,
    lasts: true,
  }),
  '404 with an empty body': ofRead({ kind: 'not-found', from: 'gateway' }, isAway),
  '404, no such address': ofRead({ kind: 'not-found' }, /a person must look/),
  'redirect to a login page': ofRead({ kind: 'redirect', status: 302 }, /a redirect/),
  '200 with HTML': ofRead({ kind: 'html' }, isAway),
  '200 with broken JSON': ofRead({ kind: 'broken-json' }, isAway),
  '200 with another shape': ofRead({ kind: 'other-shape' }, isAway),
  'body over 1 MiB': ofRead({ kind: 'oversized' }, isAway),
  'cut body': ofRead({ kind: 'cut' }, isAway),
  reset: ofRead({ kind: 'reset' }, isAway),
  'no answer': ofRead({ kind: 'hang' }, isAway),
};
