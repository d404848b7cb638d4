import { type Command, InvalidArgumentError } from 'commander';
import { type JobId, parseJobId } from '../domain/job-id.ts';
import { chooseEnvironment } from './choose-environment.ts';

type Options = { job: JobId; environment: string | undefined; yes: boolean };

/** `probe recurring`. */
export function addProbeCommands(program: Command): void {
  program
    .command('probe')
    .description('find out how your F&O behaves where Microsoft does not document it')
    .command('recurring')
    .description('what a requeue does to a recurring job that failed and waits for its next scheduled start')
    .requiredOption('--job <id>', "the batch job's id, as F&O shows it", readJob)
    .option('--environment <name>', 'needed if FNO_ENVIRONMENTS names several')
    .option('--yes', 'set the job to waiting, once; without it, the job is only read', false)
    .addHelpText('after', help)
    .action(probe);
}

const help = `
With --yes the job may run at once, as it would at its next scheduled start. So:
only in a test environment, and with a job that may run twice.

Run it right after a failed run, once the job is Waiting again. It makes no job fail.
It signs in to F&O as the service does: FNO_ORG_URL or FNO_ENVIRONMENTS, AZURE_TENANT_ID,
AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.

Examples:
  batch-retry probe recurring --job 5637144576
  batch-retry probe recurring --job 5637144576 --environment uat --yes

It ends with one of these lines, and exit code 0; or with exit code 1 if it could not find out:
  starts-now   the job was started by the requeue
  no-change    F&O took the requeue, and the job still waits for its schedule
  refuses      F&O refuses the requeue`;

async function probe({ job, environment: name, yes }: Options): Promise<void> {
  const environment = chooseEnvironment(process.env, name);
  // Loads the code that talks to F&O only here, so that other commands do not wait for it.
  const [{ connectEnvironments }, { lazyDefaultCredential }, { systemClock }, { probeRecurring }] =
    await Promise.all([
      import('../adapters/fno/environments.ts'),
      import('../adapters/fno/default-credential.ts'),
      import('../adapters/system.ts'),
      import('./probe-recurring.ts'),
    ]);
  const { batchJobs } = connectEnvironments(
    [environment],
    lazyDefaultCredential(),
    systemClock,
  )(environment.name);
  const found = await probeRecurring(
    { batchJobs, clock: systemClock, print: (line) => console.log(line) },
    { jobId: job, environment: environment.name, sends: yes },
  );
  if (!found) process.exitCode = 1;
}

function readJob(text: string): JobId {
  const jobId = parseJobId(text);
  if (!jobId) throw new InvalidArgumentError('Expected a whole number of 64 bits, such as 5637144576.');
  return jobId;
}
