import { mutantsOf } from './mutant.ts';
import { quickUseCases } from './test-targets.ts';

const clientTests = [
  'test/adapters/fno',
  'test/usecases/intake/receive-events.test.ts',
  'test/hosts/fault-table.test.ts',
];
const wholeClient = ['test/adapters/fno', 'test/hosts/fault-table.test.ts', quickUseCases];

/** The client of F&O. */
export const fnoMutants = [
  ...mutantsOf('src/adapters/fno/fno-batch-jobs.ts', wholeClient, [
    {
      name: 'rows that contradict the first ones are not listed',
      find: 'jobIds.length + 1, signal)',
      replace: 'jobIds.length, signal)',
    },
    {
      name: 'a job id goes to F&O through Number',
      find: '`{"batchJobId":${jobId}}`',
      replace: '`{"batchJobId":${Number(jobId)}}`',
      tests: clientTests,
    },
    {
      name: 'a job is read by an id through Number',
      find: '`/data/BatchJobs(${jobId})`',
      replace: '`/data/BatchJobs(${Number(jobId)})`',
      tests: clientTests,
    },
  ]),
  ...mutantsOf(
    'src/adapters/fno/slots.ts',
    ['test/adapters/fno/many-requests.test.ts'],
    [
      {
        name: 'who gives up waiting frees a place that it never had',
        find: 'if (this.#waiting.delete(take)) taken.resolve(false);',
        replace: 'if (this.#waiting.delete(take)) taken.resolve(true);',
      },
    ],
  ),
  ...mutantsOf('src/adapters/fno/fno-sender.ts', wholeClient, [
    {
      name: 'a token that F&O does not accept is not renewed',
      find: "if (reply.kind !== 'answered' || reply.status !== 401) return reply;",
      replace: 'if (reply) return reply;',
    },
    {
      name: 'the same token is sent twice',
      find: "if (renewed.kind !== 'token' || renewed.token === token.token) return reply;",
      replace: "if (renewed.kind !== 'token') return reply;",
    },
    {
      name: 'a process that stalled while it waited for a token sends all the same',
      find: 'if (this.#clock.uptimeMs() - startedAtMs > stalledMs) {',
      replace: 'if (false) {',
    },
    {
      name: 'a sign-in that is refused passes for a fault that goes by itself',
      find: "if (token.kind === 'refused') return { kind: 'sign-in-refused', message: token.message };",
      replace:
        "if (token.kind === 'refused') return { kind: 'not-sent', cause: 'token', message: token.message };",
    },
  ]),
  ...mutantsOf('src/adapters/fno/fno-http.ts', wholeClient, [
    {
      name: 'a requeue waits behind reads',
      find: 'const slots = this.#slots[request.method];',
      replace: 'const slots = this.#slots.GET;',
    },
    { name: 'a request keeps its place for ever', find: '      slots.giveBack();', replace: '' },
    { name: 'a redirect is followed', find: 'maxRedirects: 0,', replace: 'maxRedirects: 5,' },
    { name: 'the token goes to a proxy of the environment', find: '    proxy: false,\n', replace: '' },
    { name: 'answers of any size are read', find: 'maxContentLength: maxAnswerBytes,', replace: '' },
    { name: 'F&O is waited for without end', find: '        signal,\n      });', replace: '      });' },
    {
      name: 'a connection that broke counts as a request that never left',
      find: 'return neverLeft(error)',
      replace: 'return error',
    },
    {
      name: 'a refused connection counts as a request that may have arrived',
      find: 'return neverLeft(error)',
      replace: 'return !error',
    },
    {
      name: "F&O's clock is not read",
      find: "answeredAt: parseHttpDate(textOf(answer.headers['date'])),",
      replace: 'answeredAt: null,',
    },
  ]),
  ...mutantsOf('src/adapters/fno/classify.ts', wholeClient, [
    {
      name: 'IsSuccess is ignored',
      find: "kind: isSuccess ? 'taken' : 'refused',",
      replace: "kind: 'taken',",
    },
    {
      name: 'an answer that contradicts itself is believed',
      find: 'if (isOtherJob || contradicts) return unknown(',
      replace: 'if (isOtherJob) return unknown(',
    },
    {
      name: 'an answer about another job is believed',
      find: 'if (isOtherJob || contradicts) return unknown(',
      replace: 'if (contradicts) return unknown(',
    },
    {
      name: 'an answer that is not the documented one counts as refused',
      find: "if (!action) return unknown(status, 'an answer that is not the documented one');",
      replace: 'if (!action) return refused(reply);',
    },
    {
      name: 'HTTP 502 and 504 count as not taken',
      find: 'if (reply.status >= 500 && reply.status !== 503) {',
      replace: 'if (reply.status === 500) {',
    },
    {
      name: 'HTTP 500 counts as a lost answer like any other',
      find: 'serverError: !gatewayFault,',
      replace: 'serverError: false,',
    },
    {
      name: 'throttling is a refusal',
      find: "if (status === 429) return { kind: 'throttled', retryAfterMs, answer: failed(reply) };",
      replace: '',
    },
    {
      name: 'any 404 to a read says that there is no such job',
      find: 'if (reply.status === 404 && isODataError(reply)) return',
      replace: 'if (reply.status === 404) return',
    },
    {
      name: 'a job that is not the one asked for is believed',
      find: 'const observation = entity && isThisJob ?',
      replace: 'const observation = entity ?',
    },
    {
      name: 'a redirect is a refusal',
      find: 'if (status >= 300 && status < 400) {',
      replace: 'if (false) {',
    },
    {
      name: 'HTTP 403 is a refusal of this job',
      find: "  if (status === 403) return { kind: 'misconfigured', answer: failed(reply) };\n",
      replace: '',
    },
  ]),
  ...mutantsOf('src/adapters/fno/batch-job-entity.ts', wholeClient, [
    {
      name: 'a job never recurs',
      find: "isRecurring: readText(entity['Recurrence'], 100).trim() !== '',",
      replace: 'isRecurring: false,',
    },
    {
      name: 'the planned start is not read',
      find: "scheduledAt: parseFnoTime(entity['OrigStartDateTime']),",
      replace: 'scheduledAt: null,',
    },
  ]),
  ...mutantsOf('src/adapters/fno/token-source.ts', wholeClient, [
    {
      name: 'each request asks for a token of its own',
      find: '    if (this.#request?.isPending && startedAtMs - this.#request.startedAtMs < abandonAfterMs)\n      return this.#request.token;\n',
      replace: '',
    },
    {
      name: 'a token is used after it has expired',
      find: 'this.#token.expiresOnTimestamp - this.#clock.now().getTime() > renewBeforeMs',
      replace: 'this.#token.expiresOnTimestamp > 0',
    },
    {
      name: 'a token endpoint that hangs is waited for',
      find: "    signal.addEventListener('abort', giveUp, { once: true });\n",
      replace: '',
    },
  ]),
  ...mutantsOf('src/adapters/fno/next-page.ts', wholeClient, [
    {
      name: 'the token goes with a link to another host',
      find: 'if (url.origin !== new URL(orgUrl).origin) return',
      replace: 'if (false) return',
    },
  ]),
  ...mutantsOf(
    'src/adapters/shared/retry-after.ts',
    ['test/adapters/shared/retry-after.test.ts'],
    [
      {
        name: 'Retry-After in seconds is read as ms',
        find: 'return Number(value) * 1000;',
        replace: 'return Number(value);',
      },
    ],
  ),
];
