import type { Command } from 'commander';
import type { Host } from './host.ts';

/** Adds one subcommand; `finish` takes its exit code. */
export type AddCommand = (program: Command, host: Host, finish: (exitCode: number) => void) => void;
