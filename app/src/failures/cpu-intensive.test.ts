import { describe, expect, it } from 'vitest';
import { createContext } from '../../test/support/failure-context.ts';
import { createCalmReadings, createCall, failureOf } from '../../test/support/layers.ts';
import { Problem } from '../errors.ts';
import type { Compute } from './failure.ts';
import { cpuIntensive } from './cpu-intensive.ts';

describe('cpu-intensive', () => {
  it('answers the number, and the CPU time that was used from before to after', async () => {
    let cpuSeconds = 7;
    const compute: Compute = async (computation, input) => {
      cpuSeconds += 0.25;
      return computation.run(input);
    };
    const readings = { ...createCalmReadings(), cpuSeconds: () => cpuSeconds };
    expect(await cpuIntensive.run({ complexity: 20 }, createContext({ compute, readings }))).toEqual({
      complexity: 20,
      value: 6765,
      cpuMs: 250,
    });
  });

  it('hands its call to the edge, and fails when the computation does', async () => {
    const call = createCall({ route: '/api/cpu-intensive' });
    const routes: string[] = [];
    const compute: Compute = (_computation, _input, { route }) => {
      routes.push(route);
      return Promise.reject(new Problem('COMPUTATION_TIMEOUT', 'too long'));
    };
    const outcome = await failureOf(cpuIntensive.run({ complexity: 20 }, createContext({ call, compute })));
    expect(outcome).toMatchObject({ code: 'COMPUTATION_TIMEOUT' });
    expect(routes).toEqual(['/api/cpu-intensive']);
  });
});
