/** What has been started so far, with how to stop each. */
export interface StopStack {
  /** Adds a step; steps run in reverse order. */
  add(stop: () => Promise<void> | void): void;
  /** Runs every step once, whatever the others do; rejects afterwards with all errors. Idempotent. */
  stopAll(): Promise<void>;
}

export function createStopStack(): StopStack {
  const steps: (() => Promise<void> | void)[] = [];
  let stopping: Promise<void> | undefined;

  async function run(): Promise<void> {
    const errors: unknown[] = [];
    for (let stop = steps.pop(); stop !== undefined; stop = steps.pop()) {
      try {
        await stop();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, errors.map(toMessage).join('; '));
  }

  return {
    add: (stop) => {
      steps.push(stop);
    },
    stopAll: () => (stopping ??= run()),
  };
}

function toMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
