import { parseArgs } from 'node:util';
import { sleptThrough } from './activity.ts';
import { addDemoJobs, demoPolicy, playDemo } from './demo.ts';
import { happeningLine } from './happening-line.ts';
import type { Sandbox } from './sandbox-types.ts';
import { startSandbox } from './sandbox.ts';

const usage = `Starts a simulated F&O on loopback, with jobs that fail.

  npm run sandbox -- [--port N] [--endpoint URL] [--seed N] [--help]

  --port N        the port to listen on; any free one unless set
  --endpoint URL  a loopback webhook: waits until it takes the test event, then plays the demo
  --seed N        another sequence of nightly failures; 1 unless set
  --help          this text`;

interface Arguments {
  port: number;
  seed: number;
  endpoint: string | undefined;
  help: boolean;
}

const chosen = readArguments(process.argv.slice(2));
if (typeof chosen === 'string') {
  console.error(chosen);
  process.exitCode = 2;
} else if (chosen.help) console.log(usage);
else await run(chosen);

async function run({ port, seed, endpoint }: Arguments): Promise<void> {
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort());
  let sandbox: Sandbox;
  try {
    sandbox = await startSandbox({
      port,
      // Two runs that end within two seconds count as one.
      autoRun: { pickupMs: 1000, runMs: 3000 },
      onHappening: (happening) => console.log(happeningLine(happening)),
    });
  } catch (error) {
    console.error(`The sandbox cannot listen on port ${port}: ${messageOf(error)}`);
    process.exitCode = 1;
    return;
  }
  stopping.signal.addEventListener('abort', () => void sandbox.stop(), { once: true });
  addDemoJobs(sandbox, seed);
  console.log(settings(sandbox));
  if (endpoint === undefined || !(await activate(sandbox, endpoint, stopping.signal))) return;
  await playDemo(sandbox, stopping.signal);
}

/** Tries every second until the endpoint takes the test event; false if stopped before. */
async function activate(sandbox: Sandbox, endpoint: string, signal: AbortSignal): Promise<boolean> {
  let shownMessage = '';
  for (;;) {
    const activation = await sandbox.activateEndpoint(endpoint);
    if (signal.aborted) return false;
    if (activation.ok) {
      console.log(`Endpoint ${endpoint} is active`);
      return true;
    }
    if (activation.message !== shownMessage)
      console.log(`Endpoint ${endpoint} is not active yet: ${activation.message}`);
    shownMessage = activation.message;
    if (!(await sleptThrough(sandbox.clock.sleep(1000, signal), signal))) return false;
  }
}

/** What to set to run the service against this sandbox. */
function settings({ orgUrl, identityEnvironment }: Sandbox): string {
  return [
    `Simulated F&O on ${orgUrl}. To run the service against it, set:`,
    `FNO_ORG_URL=${orgUrl}`,
    `IDENTITY_ENDPOINT=${identityEnvironment.IDENTITY_ENDPOINT}`,
    `IDENTITY_HEADER=${identityEnvironment.IDENTITY_HEADER}`,
    `RETRY_POLICY='${JSON.stringify(demoPolicy)}'`,
  ].join('\n');
}

/** The arguments, or one line on what is wrong with them. */
function readArguments(args: string[]): Arguments | string {
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: { type: 'string', default: '0' },
        seed: { type: 'string', default: '1' },
        endpoint: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    const { endpoint, help } = values;
    const [port, seed] = [Number(values.port), Number(values.seed)];
    if (!/^\d+$/.test(values.port) || port > 65_535) return `--port ${values.port}: expected 0 to 65535`;
    if (!/^\d+$/.test(values.seed)) return `--seed ${values.seed}: expected a whole number`;
    if (endpoint !== undefined && !/^http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(endpoint)) {
      return `--endpoint ${endpoint}: expected an http URL on loopback`;
    }
    return { port, seed, endpoint, help };
  } catch (error) {
    return messageOf(error).split('\n')[0] ?? 'Bad arguments';
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
