import type { Fault } from '../../src/sandbox/faults.ts';

/**
 * What is done about each fault that F&O can answer a requeue with: what the webhook answers, how much budget is
 * used then, what F&O got, and in how many seconds the failure is due; then, with F&O well again, after how many
 * seconds something is done next, what F&O gets, and what that comes to. Random waits are at their middle, an
 * eighth more. What is unsettled, and a requeue, is looked at 35 s after the event, though it is due before.
 */
const table = `
what befalls the request              | answer       | budget | F&O got       | due  | next | F&O gets      | comes to   | budget
200, IsSuccess true                   | 200 requeued | 1      | action        | -    | 35   | status        | requeued   | 1
200, IsSuccess false                  | 200 refused  | 0      | action        | -    | 1800 | status        | refused    | 0
200 with HTML, acted on               | 202 deferred | 1      | action        | 30   | 35   | status        | requeued   | 1
200 with HTML, not acted on           | 202 deferred | 1      | action        | 30   | 35   | status action | requeued   | 1
200 with broken JSON, acted on        | 202 deferred | 1      | action        | 30   | 35   | status        | requeued   | 1
200 with broken JSON, not acted on    | 202 deferred | 1      | action        | 30   | 35   | status action | requeued   | 1
200 with another shape, acted on      | 202 deferred | 1      | action        | 30   | 35   | status        | requeued   | 1
200 with another shape, not acted on  | 202 deferred | 1      | action        | 30   | 35   | status action | requeued   | 1
401 once                              | 200 requeued | 1      | action action | -    | 35   | status        | requeued   | 1
401 with a new token, too             | 202 deferred | 0      | action action | 67.5 | 67.5 | status action | requeued   | 1
403, no permission                    | 202 deferred | 0      | action        | 3600 | 3600 | status action | requeued   | 1
404, no such job or action            | 200 refused  | 0      | action        | -    | 1800 | status        | refused    | 0
429, Retry-After in seconds           | 202 deferred | 0      | action        | 120  | 120  | status action | requeued   | 1
429, Retry-After as a date            | 202 deferred | 0      | action        | 240  | 240  | status action | requeued   | 1
429, Retry-After of a day             | 202 deferred | 0      | action        | 3600 | 3600 | status action | requeued   | 1
429, no Retry-After                   | 202 deferred | 0      | action        | 30   | 30   | status action | requeued   | 1
500, acted on                         | 202 deferred | 1      | action        | 30   | 35   | status        | requeued   | 1
500, not acted on                     | 202 deferred | 1      | action        | 30   | 35   | status action | requeued   | 1
502, acted on                         | 202 deferred | 1      | action        | 30   | 35   | status        | requeued   | 1
502, not acted on                     | 202 deferred | 1      | action        | 30   | 35   | status action | requeued   | 1
503, servicing                        | 202 deferred | 0      | action        | 33.8 | 33.8 | status action | requeued   | 1
503, Retry-After in seconds           | 202 deferred | 0      | action        | 90   | 90   | status action | requeued   | 1
504, acted on                         | 202 deferred | 1      | action        | 30   | 35   | status        | requeued   | 1
504, not acted on                     | 202 deferred | 1      | action        | 30   | 35   | status action | requeued   | 1
refused connection                    | 202 deferred | 0      | -             | 33.8 | 33.8 | status action | requeued   | 1
certificate that is not trusted       | 202 deferred | 0      | -             | 33.8 | 33.8 | -             | deferred   | 0
reset, acted on                       | 202 deferred | 1      | action        | 30   | 35   | status        | requeued   | 1
reset, not acted on                   | 202 deferred | 1      | action        | 30   | 35   | status action | requeued   | 1
reset amid the answer, acted on       | 202 deferred | 1      | action        | 30   | 35   | status        | requeued   | 1
no answer, acted on                   | 202 deferred | 1      | action        | 34.4 | 35   | status        | requeued   | 1
no answer, not acted on               | 202 deferred | 1      | action        | 34.4 | 35   | status action | requeued   | 1
a body that trickles, acted on        | 202 deferred | 1      | action        | 34.4 | 35   | status        | requeued   | 1
cut body, acted on                    | 202 deferred | 1      | action        | 30   | 35   | status        | requeued   | 1
cut body, not acted on                | 202 deferred | 1      | action        | 30   | 35   | status action | requeued   | 1
body over 1 MiB, acted on             | 202 deferred | 1      | action        | 30   | 35   | status        | requeued   | 1
body over 1 MiB, not acted on         | 202 deferred | 1      | action        | 30   | 35   | status action | requeued   | 1
redirect to a login page              | 202 deferred | 0      | action        | 3600 | 3600 | status action | requeued   | 1
redirect that keeps the method        | 202 deferred | 0      | action        | 3600 | 3600 | status action | requeued   | 1
token endpoint fails                  | 202 deferred | 0      | -             | 67.5 | 67.5 | status action | requeued   | 1
token endpoint hangs                  | 202 deferred | 0      | -             | 71.9 | 71.9 | status action | requeued   | 1
`;

/** The rows of the table, cell by cell. */
export const rows = table
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split('|').map((cell) => cell.trim()));

export type Trouble = {
  fault: Fault | 'down' | 'untrusted';
  on?: 'action' | 'token';
  times?: number;
  /** What the reason says. */
  says?: RegExp;
};

const retryAt = 'Mon, 02 Mar 2026 01:05:00 GMT';
const unknown = (fault: Fault, says = /not known whether F&O acted/): Trouble => ({ fault, says });
export const troubles: Record<string, Trouble | null> = {
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
  'token endpoint fails': { fault: { kind: 'token-error', status: 503 }, on: 'token', says: /^No token/ },
  'token endpoint hangs': { fault: { kind: 'hang' }, on: 'token', says: /^No token.*in time/ },
};
