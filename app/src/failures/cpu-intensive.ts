import { Type } from 'typebox';
import { fibonacci } from '../computations/fibonacci.ts';
import { defineFailure } from './failure.ts';

/**
 * One thread runs all requests: while it computes, nobody else is served, and probes are not either.
 * Source: Node.js documentation, "Don't Block the Event Loop (or the Worker Pool)".
 */
export const cpuIntensive = defineFailure({
  name: 'cpu-intensive',
  method: 'GET',
  path: '/api/cpu-intensive',
  summary:
    'Computes a Fibonacci number by naive recursion on the event loop; each step up costs 1.6 times as much.',
  blocksEventLoop: true,
  parameters: Type.Object({
    complexity: Type.Integer({
      minimum: 1,
      maximum: 45,
      default: 30,
      description: 'index of the Fibonacci number; 45 takes about ten seconds',
    }),
  }),
  answer: Type.Object({
    complexity: Type.Integer(),
    value: Type.Integer({ description: 'the Fibonacci number, with F(1) = F(2) = 1' }),
    cpuMs: Type.Number({ description: 'CPU milliseconds that all threads of this process used meanwhile' }),
  }),
  async run({ complexity }, { call, compute, readings }) {
    const startedSeconds = readings.cpuSeconds();
    const value = await compute(fibonacci, { index: complexity }, call);
    const cpuMs = Math.round((readings.cpuSeconds() - startedSeconds) * 1e6) / 1000;
    return { complexity, value, cpuMs };
  },
});
