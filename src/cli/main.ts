#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { SettingsError } from '../settings/settings-error.ts';
import { InputError } from './input-error.ts';
import { addProbeCommands } from './probe-commands.ts';
import { addSchemaCommands } from './schema-commands.ts';

/** The exit code for a wrong call; 1 means that a check failed. */
const wrongCall = 2;

const program = new Command('batch-retry')
  .description('Tools for those who run the service that requeues failed batch jobs of F&O.')
  .showHelpAfterError('(--help shows how)')
  .exitOverride();
addSchemaCommands(program);
addProbeCommands(program);
try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : wrongCall;
  } else if (error instanceof InputError || error instanceof SettingsError) {
    console.error(error.message);
    process.exitCode = wrongCall;
  } else {
    throw error;
  }
}
