import { mutantsOf } from './mutant.ts';
import { engineTests } from './test-targets.ts';

/** What saves work that nobody needs: permits in blocks, notifications that somebody wants, answers sent together. */
export const thriftMutants = [
  ...mutantsOf('src/usecases/engine/held-permits.ts', engineTests, [
    {
      name: 'a permit outlives its minute',
      find: 'held.left === 0 || uptimeMs >= held.lapsesAtMs',
      replace: 'held.left === 0',
    },
    {
      name: 'a permit is spent again and again',
      find: 'held.left -= 1;',
      replace: '',
    },
    {
      name: 'a permit of another minute is taken back',
      find: 'if (held?.lapsesAtMs === lapsesAtMs) held.left += 1;',
      replace: 'if (held) held.left += 1;',
    },
  ]),
  ...mutantsOf(
    'src/usecases/engine/write-job.ts',
    ['test/usecases/notify/nobody-subscribed.test.ts'],
    [
      {
        name: 'what a person must look at is announced only if somebody subscribed',
        find: 'if (needsPerson(one) || (await',
        replace: 'if ((await',
      },
      {
        name: 'each notification is queued, whoever subscribed',
        find: 'if (needsPerson(one) || (await recentSubscriptions.mayWant(key, one)))',
        replace: 'if (await Promise.resolve(true))',
      },
      {
        name: 'what nobody subscribed to is not recorded',
        find: 'if (!messages.includes(one)) recordNotified(ports, key, one);',
        replace: 'if (messages.includes(one)) break;',
      },
    ],
  ),
  ...mutantsOf(
    'src/usecases/engine/recent-subscriptions.ts',
    ['test/usecases/notify/nobody-subscribed.test.ts'],
    [
      {
        name: 'the list of subscriptions is never read again',
        find: 'nowMs - this.#listed.atMs < recentMs',
        replace: 'nowMs > 0',
      },
      {
        name: 'a list that cannot be read counts as empty',
        find: 'wants(subscription, notification, key)) ?? true;',
        replace: 'wants(subscription, notification, key)) ?? false;',
      },
      {
        name: 'an own subscription counts only after some seconds',
        find: '    this.#listed = null;\n  }\n\n  #list',
        replace: '  }\n\n  #list',
      },
    ],
  ),
  ...mutantsOf(
    'src/usecases/engine/read-together.ts',
    ['test/usecases/engine/read-together.test.ts'],
    [
      {
        name: 'the last of two rows that contradict each other is true',
        find: 'return jobs.size === listed.length ? jobs : null;',
        replace: 'return jobs;',
      },
      {
        name: 'a slow token has jobs read one by one for minutes',
        find: "if (!jobs && listed.kind !== 'not-sent')",
        replace: 'if (!jobs)',
      },
      {
        name: 'each follow-up is read by itself',
        find: 'jobIds.length > 1 &&',
        replace: 'jobIds.length > 99 &&',
      },
      {
        name: 'a job has the answer that is about another',
        find: 'found?.(one.key.jobId) : null;',
        replace: 'found?.(jobIds[0] ?? one.key.jobId) : null;',
      },
      {
        name: 'who has no time left takes it from the others',
        find: 'asked.filter(({ deadline }) => deadline.canCallFno());',
        replace: 'asked.slice();',
      },
      {
        name: 'a query that F&O refuses defers all that it is about',
        find: "if (listed.kind === 'throttled') return () => listed;",
        replace: "if (listed.kind !== 'listed') return () => listed;",
      },
      {
        name: 'a query that nobody answered is asked again at once',
        find: 'return this.#reads.uptimeMs() < ',
        replace: 'return -1 > ',
      },
      {
        name: 'a job that the list lacks counts as gone',
        find: "return observation ? { kind: 'found', observation, answer } : null;",
        replace:
          "return observation ? { kind: 'found', observation, answer } : { kind: 'not-found', answer };",
      },
    ],
  ),
  ...mutantsOf(
    'src/hosts/node/listen.ts',
    ['test/hosts/node/listen.test.ts'],
    [
      {
        name: 'each answer is sent in the midst of the other requests of its turn',
        find: 'answers.later(() => send(answered, incoming, outgoing))',
        replace: 'send(answered, incoming, outgoing)',
      },
    ],
  ),
];
