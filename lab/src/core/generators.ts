/** A program that makes a share of the load, wherever it runs; it is told lines and says lines. */
export interface Generator {
  /** As whoever looks after it knows it: the name of its pod. */
  readonly name: string;
  /** Into nothing when it has ended. */
  tell(line: string): void;
  /** It says nothing before it was told something. */
  listen(onLine: (line: string) => void): void;
  /** How it ended, for a person to read; it never rejects. */
  readonly ended: Promise<string>;
}

/** The generators of one plan. */
export interface GeneratorFleet {
  readonly generators: readonly Generator[];
  /** Ends all of them, and resolves when none makes load any more. Idempotent; it never rejects. */
  stop(): Promise<void>;
}

/** A place where generators can run; a target that is one has it. */
export interface GeneratorLauncher {
  /** Root of the system under load as the generators reach it; null: as the lab does. */
  readonly systemUrl: string | null;
  /** Of the kernel that the lab runs on: only there are its CPU seconds and those of a generator of one machine. */
  readonly bootId: string | null;
  /** Resolves when all of them run; when it rejects, none is left. */
  launch(count: number, signal: AbortSignal): Promise<GeneratorFleet>;
}
