import autocannon from 'autocannon';

export type Loaded = {
  requests: number;
  seconds: number;
  /** In ms, of all answers. */
  p99Ms: number;
  slowestMs: number;
  /** Requests whose connection broke, or that had no answer in a minute. */
  unanswered: number;
  /** How many answers did not hold what was expected, and the first of them. */
  unexpected: number;
  firstUnexpected: string | null;
  /** How many answers had each status. */
  statuses: Readonly<Record<string, number>>;
};

export type Load = {
  url: string;
  connections: number;
  /** How long to send, in seconds; or how many requests in all. */
  until: { seconds: number } | { requests: number };
  /** The path below `url`, and the body, of the next request. */
  next: () => { path: string; body: string };
  /** A text that each answer should hold; null if any answer will do. */
  expected: string | null;
  headers?: Readonly<Record<string, string>>;
};

/** How often autocannon looks whether its time is over, in ms. */
const sampleMs = 100;

/** Posts events over connections that each wait for an answer before they send the next. */
export async function load({ url, connections, until, next, expected, headers = {} }: Load): Promise<Loaded> {
  const { pathname } = new URL(url);
  let unexpected = 0;
  let firstUnexpected: string | null = null;
  const result = await autocannon({
    url,
    connections,
    timeout: 60,
    sampleInt: sampleMs,
    ...('seconds' in until ? { duration: until.seconds } : { amount: until.requests }),
    requests: [
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        setupRequest: (request) => {
          const { path, body } = next();
          return { ...request, path: `${pathname}${path}`, body };
        },
      },
    ],
    verifyBody: (body) => {
      const isExpected = expected === null || String(body).includes(expected);
      if (!isExpected) {
        unexpected += 1;
        firstUnexpected ??= String(body);
      }
      return isExpected;
    },
  });
  return {
    requests: Object.values(result.statusCodeStats ?? {}).reduce((sum, { count = 0 }) => sum + count, 0),
    seconds: (result.finish.getTime() - result.start.getTime()) / 1000,
    unanswered: result.errors,
    unexpected,
    firstUnexpected,
    p99Ms: result.latency.p99,
    slowestMs: result.latency.max,
    statuses: Object.fromEntries(
      Object.entries(result.statusCodeStats ?? {}).map(([status, { count = 0 }]) => [status, count]),
    ),
  };
}
