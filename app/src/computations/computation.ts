/**
 * Work for a CPU: a pure function that can run on the event loop or in a worker thread, so its input and output are
 * plain data. One file each; the file's name is the name under which a worker finds it.
 */
export interface Computation<Input = unknown, Output = unknown> {
  readonly kind: 'computation';
  /** Equal to the file's name. */
  readonly name: string;
  /** May return a promise when the work is done by libuv's thread pool. */
  run(input: Input): Output | Promise<Output>;
}

/** One run of a computation. */
export interface Job {
  readonly name: string;
  readonly input: unknown;
}

/** Declares the computation of a file; the file exports exactly this one value. */
export function defineComputation<Input, Output>(
  definition: Omit<Computation<Input, Output>, 'kind'>,
): Computation<Input, Output> {
  return { kind: 'computation', ...definition };
}
