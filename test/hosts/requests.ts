import { gzipSync } from 'node:zlib';
import { nightlyPosting } from '../helpers/a-service.ts';
import { anEvent } from './an-event.ts';
import { callbackUrl } from './asking.ts';

export type AskedRequest = {
  title: string;
  method: string;
  /** As it stands in the request line. */
  path: string;
  headers?: Record<string, string>;
  /** Several parts are sent in chunks, without a Content-Length. */
  body?: string | Buffer | readonly (string | Buffer)[];
  /** No route has this path and method. */
  isUnrouted?: true;
};

type Good = Omit<AskedRequest, 'title'>;

const { jobId } = nightlyPosting;
const json = { 'content-type': 'application/json' };
const event = anEvent();
const post = (
  path: string,
  body: string | Buffer | string[],
  headers: Record<string, string> = json,
): Good => ({
  method: 'POST',
  path,
  headers,
  body,
});
const get = (path: string): Good => ({ method: 'GET', path });
const reason = '{"reason":"Month end"}';

/** One request that each route takes, by the route's name. */
export const goodRequests: Record<string, Good> = {
  'business-events': post('/api/business-events', event),
  'business-events-of-environment': post('/api/business-events/default', event),
  'business-events-handshake': {
    method: 'OPTIONS',
    path: '/api/business-events',
    headers: { 'webhook-request-origin': 'eventgrid.azure.net' },
  },
  'business-events-handshake-of-environment': { method: 'OPTIONS', path: '/api/business-events/default' },
  'list-batch-jobs': get('/api/batch-jobs'),
  'get-batch-job': get(`/api/batch-jobs/${jobId}`),
  'batch-job-history': get(`/api/batch-jobs/${jobId}/history`),
  'batch-job-runs': get(`/api/batch-jobs/${jobId}/runs`),
  'list-runs': get('/api/runs'),
  'list-causes': get('/api/causes'),
  'retry-batch-job': post(`/api/batch-jobs/${jobId}/retry`, reason),
  'set-batch-job-to-waiting': post(`/api/batch-jobs/${jobId}/set-to-waiting`, reason),
  'reset-batch-job': post(`/api/batch-jobs/${jobId}/reset`, reason),
  'pause-batch-job': post(`/api/batch-jobs/${jobId}/pause`, reason),
  'resume-batch-job': post(`/api/batch-jobs/${jobId}/resume`, reason),
  'list-environments': get('/api/environments'),
  'list-fno-batch-jobs': get('/api/environments/default/batch-jobs'),
  'list-subscriptions': get('/api/subscriptions'),
  subscribe: post('/api/subscriptions', JSON.stringify({ callbackUrl })),
  'subscribe-to-event': post('/api/subscriptions/exhausted', JSON.stringify({ callbackUrl })),
  unsubscribe: { method: 'DELETE', path: '/api/subscriptions/0f8fad5b-d9cb-469f-a165-70867728950e' },
  'preview-policy': post('/api/policy/preview', '{"policy":{"jobs":[]}}'),
  'dead-letters': get('/api/dead-letters'),
  health: get('/api/health'),
  ready: get('/api/ready'),
};

const isUnrouted = true as const;
const mebibyte = 1024 * 1024;
const spaces = (length: number) => ' '.repeat(length);

const others: [title: string, request: Good][] = [
  ['no route', { ...get('/api/business-event'), isUnrouted }],
  ['the prefix alone', { ...get('/api'), isUnrouted }],
  ['the prefix and a slash', { ...get('/api/'), isUnrouted }],
  ['a segment too many', { ...get(`/api/batch-jobs/${jobId}/history/1`), isUnrouted }],
  ['two slashes within', { ...get('/api//health'), isUnrouted }],
  ['an empty id', { ...get('/api/batch-jobs//history'), isUnrouted }],
  ['an id that is none', get('/api/batch-jobs/Nightly%20posting')],
  ['an id beyond 64 bits', get('/api/batch-jobs/9223372036854775808')],
  ['an id with leading zeros', get('/api/batch-jobs/007')],
  ['an id with a sign', get('/api/batch-jobs/-9223372036854775808')],
  ['an id in percent-encoding', get('/api/batch-jobs/%35637144576')],
  ['an id with an encoded slash', get('/api/batch-jobs/1%2F2')],
  ['an id with broken percent-encoding', get('/api/batch-jobs/%ZZ')],
  ['an id of two thousand digits', get(`/api/batch-jobs/${'9'.repeat(2000)}`)],
  ['an environment that is not there', get('/api/batch-jobs?environment=nowhere')],
  ['an environment in capitals', get('/api/environments/DEFAULT/batch-jobs')],
  ['a parameter twice', get('/api/batch-jobs?limit=1&limit=2')],
  ['a parameter with broken percent-encoding', get('/api/batch-jobs?limit=%ZZ')],
  ['a parameter that is not known', get('/api/batch-jobs?who=me')],
  ['an event address with the kind', post('/api/business-events?event=finished', event)],
  ['an event address with a kind that is none', post('/api/business-events?event=late', event)],
  ['an event for an environment that is not there', post('/api/business-events/nowhere', event)],
  ['an empty body', post('/api/business-events', '')],
  ['a body that is not JSON', post('/api/business-events', '{"JobId":')],
  ['a body that is a number', post('/api/business-events', '5637144576')],
  ['an empty list', post('/api/business-events', '[]')],
  ['a list of two', post('/api/business-events', `[${event},${event}]`)],
  ['a list with one that is none', post('/api/business-events', `[${event},{}]`)],
  ['JSON with a byte-order mark', post('/api/business-events', `\uFEFF${event}`)],
  ['JSON in Latin-1', post('/api/business-events', Buffer.from('{"JobDescription":"Größe"}', 'latin1'))],
  ['JSON in gzip', post('/api/business-events', gzipSync(event), { ...json, 'content-encoding': 'gzip' })],
  ['no Content-Type', post('/api/business-events', event, {})],
  ['text/plain', post('/api/business-events', event, { 'content-type': 'text/plain' })],
  ['a form', post('/api/business-events', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' })],
  [
    'JSON with a charset',
    post('/api/business-events', event, { 'content-type': 'application/json; charset=utf-8' }),
  ],
  [
    'a JSON media type of its own',
    post('/api/business-events', event, { 'content-type': 'application/cloudevents+json' }),
  ],
  ['a body in chunks', post('/api/business-events', [event.slice(0, 40), event.slice(40)])],
  ['a body of 1 MiB', post('/api/business-events', event + spaces(mebibyte - Buffer.byteLength(event)))],
  [
    'a body of 1 MiB and a byte',
    post('/api/business-events', event + spaces(mebibyte - Buffer.byteLength(event) + 1)),
  ],
  ['a body of 2 MiB in chunks', post('/api/business-events', Array<string>(32).fill(spaces(65_536)))],
  [
    'a body where none belongs',
    { method: 'DELETE', path: '/api/subscriptions/1', headers: json, body: '{}' },
  ],
  ['OPTIONS on another route', { method: 'OPTIONS', path: '/api/batch-jobs', isUnrouted }],
  ['a by-hand request without a reason', post(`/api/batch-jobs/${jobId}/reset`, '{}')],
  [
    'a by-hand request without a body',
    { method: 'POST', path: `/api/batch-jobs/${jobId}/pause`, headers: json },
  ],
  ['a by-hand request for a job that is not known', post('/api/batch-jobs/77/pause', reason)],
  ['a subscription to an address inside', post('/api/subscriptions', '{"callbackUrl":"https://10.0.0.1/"}')],
  ['a subscription to what is no event', post('/api/subscriptions/nothing', JSON.stringify({ callbackUrl }))],
  ['a policy that is none', post('/api/policy/preview', '{"policy":{}}')],
  ['a page that no link gave', get('/api/batch-jobs?after=5')],
  ['a limit of 0', get('/api/batch-jobs?limit=0')],
];

/** Every request that both hosts are asked. */
export const requests: readonly AskedRequest[] = [
  ...Object.entries(goodRequests).flatMap(([name, good]) => [
    { title: name, ...good },
    { title: `${name}, with a slash at the end`, ...good, path: `${good.path}/` },
    { title: `${name}, by PUT`, ...good, method: 'PUT', isUnrouted },
  ]),
  ...['health', 'list-batch-jobs', 'business-events'].map((name) => inCapitals(name)),
  ...Object.entries(goodRequests)
    .filter(([, { method }]) => method === 'GET')
    .map(([name, { path }]) => ({ title: `${name}, by HEAD`, method: 'HEAD', path, isUnrouted })),
  ...others.map(([title, request]) => ({ title, ...request })),
];

function inCapitals(name: string): AskedRequest {
  const good = goodRequests[name] ?? get('/');
  return { title: `${name}, in capitals`, ...good, path: good.path.toUpperCase() };
}
