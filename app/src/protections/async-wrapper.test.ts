import { describe, expect, it } from 'vitest';
import { createCall, createLayer, failureOf } from '../../test/support/layers.ts';
import { settle } from '../../test/support/manual-clock.ts';
import { asyncWrapper } from './async-wrapper.ts';

const JOB = { name: 'fibonacci', input: { index: 10 } };

describe('async-wrapper', () => {
  it('runs the computation a turn later, in the same place', async () => {
    const { layer, clock, events } = createLayer(asyncWrapper);
    let runs = 0;
    const here = (): Promise<string> => Promise.resolve(`run ${(runs += 1)} here`);
    const result = layer.compute?.(JOB, here, createCall());
    await settle();
    expect(runs).toBe(0);
    await clock.advance(0);
    expect(await result).toBe('run 1 here');
    expect(events).toEqual(['wrapped']);
    expect(clock.timers).toBe(0);
  });

  it('does not run it any more when its call has ended meanwhile', async () => {
    const { layer, clock } = createLayer(asyncWrapper);
    const controller = new AbortController();
    let runs = 0;
    const here = (): Promise<number> => Promise.resolve((runs += 1));
    const outcome = failureOf(
      layer.compute?.(JOB, here, createCall({ signal: controller.signal })) ?? Promise.resolve(),
    );
    controller.abort(new Error('gave up'));
    expect(await outcome).toEqual(new Error('gave up'));
    await clock.advance(10);
    expect(runs).toBe(0);
  });
});
