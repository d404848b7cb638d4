import { type Command, InvalidArgumentError } from 'commander';
import { checkEvents } from './check-events.ts';
import { importSchema } from './import-schema.ts';

/** `schema import` and `schema check`. */
export function addSchemaCommands(program: Command): void {
  const schema = program
    .command('schema')
    .description('the schemas that the service validates events against');
  schema
    .command('import')
    .description('write a JSON Schema into schemas/ that accepts what F&O really sends')
    .argument('<file>', 'what Download schema in the catalog gives, a JSON Schema, or captured events')
    .option('--event <id>', 'the BusinessEventId, as the catalog shows it, if the file does not say it')
    .option('--event-version <major.minor>', 'its version, instead of what the file says', readVersion)
    .option(
      '--strict',
      'reject events with fields that are not in the file, which reveals a new version',
      false,
    )
    .addHelpText('after', importExamples)
    .action(importSchema);
  schema
    .command('check')
    .description(
      'validate captured events against their schemas; exit code 1 if the service would reject one',
    )
    .argument('<file>', 'one event, an array of them, or one a line')
    .option('--strict', 'exit code 1 also if one breaks its schema in a field that decides nothing', false)
    .addHelpText('after', checkExamples)
    .action(checkEvents);
}

const importExamples = `
Examples:
  batch-retry schema import BatchJobFailed.txt --event BatchJobFailedBusinessEvent
  batch-retry schema import captured-events.json --strict

The service reads schemas/ in its folder when it starts, and the build includes it.`;

const checkExamples = `
Example:
  batch-retry schema check captured-events.ndjson --strict`;

function readVersion(text: string): { major: number; minor: number } {
  const [, major, minor] = /^(\d{1,9})\.(\d{1,9})$/.exec(text) ?? [];
  if (major === undefined) throw new InvalidArgumentError('Expected two numbers, such as 1.0.');
  return { major: Number(major), minor: Number(minor) };
}
