/** What is known of a place to write text to. */
export interface TextOutputFacts {
  /** False when redirected. */
  readonly isTerminal: boolean;
  readonly colour: boolean;
}

export interface TextOutput extends TextOutputFacts {
  write(text: string): void;
}

/** All that a run knows of the process that it is in. */
export interface RunHost {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  /** Aborts at the first signal. */
  readonly signal: AbortSignal;
  /** Aborts at the second signal. */
  readonly urgentSignal: AbortSignal;
}
