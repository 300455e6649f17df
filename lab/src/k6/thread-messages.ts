import type { RunHost, TextOutputFacts } from './run-host.ts';

/** What the thread is started with. */
export interface ThreadOrder extends Pick<RunHost, 'environment' | 'workingFolder'> {
  /** After `k6 run`. */
  readonly arguments: readonly string[];
  readonly stdout: TextOutputFacts;
  readonly stderr: TextOutputFacts;
}

/** To the thread: that signal of its host has aborted. */
export type SignalMessage = 'signal' | 'urgentSignal';

/** From the thread: text to write, and at last the exit code. */
export type ThreadMessage =
  { readonly to: 'stdout' | 'stderr'; readonly text: string } | { readonly exitCode: number };
