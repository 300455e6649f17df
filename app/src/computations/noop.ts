import { defineComputation } from './computation.ts';

/** Gives back its input: to measure the edge and the way to a worker with. */
export const noop = defineComputation({ name: 'noop', run: (input: unknown) => input });
