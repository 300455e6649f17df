import { describe, expect, it } from 'vitest';
import { createCall, failureOf, hang } from '../../test/support/layers.ts';
import { createManualClock, settle } from '../../test/support/manual-clock.ts';
import { orAborted, sleep } from './clock.ts';
import { endable, withDeadline } from './deadline.ts';
import { createLimiter } from './limiter.ts';
import { nearestNames } from './nearest.ts';
import { oncePerKey } from './once-per-key.ts';
import { createRandom } from './random.ts';
import { createSlidingWindow } from './sliding-window.ts';

describe('sleep', () => {
  it('ends after its time', async () => {
    const clock = createManualClock();
    let isOver = false;
    void sleep(clock, 100, new AbortController().signal).then(() => (isOver = true));
    await clock.advance(99);
    expect(isOver).toBe(false);
    await clock.advance(1);
    expect(isOver).toBe(true);
  });

  it('ends with the reason of its signal and leaves no timer behind', async () => {
    const clock = createManualClock();
    const controller = new AbortController();
    const sleeping = sleep(clock, 100, controller.signal);
    controller.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    expect(clock.timers).toBe(0);
    await expect(sleep(clock, 100, controller.signal)).rejects.toThrow('enough');
  });
});

describe('withDeadline', () => {
  const late = (): Error => new Error('late');

  it('returns what the work returns and takes its timer away', async () => {
    const clock = createManualClock();
    await expect(withDeadline(() => Promise.resolve(7), createCall(), clock, 50, late)).resolves.toBe(7);
    expect(clock.timers).toBe(0);
  });

  it('rejects at the deadline even when the work does not listen to its signal', async () => {
    const clock = createManualClock();
    const result = withDeadline(() => new Promise(() => {}), createCall(), clock, 50, late);
    const outcome = failureOf(result);
    await clock.advance(50);
    expect(await outcome).toEqual(new Error('late'));
  });

  it('follows the caller, and its reason wins', async () => {
    const controller = new AbortController();
    const result = withDeadline(
      hang,
      createCall({ signal: controller.signal }),
      createManualClock(),
      50,
      late,
    );
    controller.abort(new Error('caller'));
    await expect(result).rejects.toThrow('caller');
  });
});

describe('endable', () => {
  it('begins nothing that has ended already, and stops watching', async () => {
    const log: string[] = [];
    const result = endable(
      () => Promise.resolve(log.push('began')),
      createCall(),
      (end) => {
        end(new Error('gone'));
        return () => log.push('unwatched');
      },
    );
    await expect(result).rejects.toThrow('gone');
    expect(log).toEqual(['unwatched']);
  });

  it('stops watching when the work throws at once, and ends nothing afterwards', async () => {
    let end: (reason: Error) => void = () => {};
    let unwatched = 0;
    let signal: AbortSignal | undefined;
    const result = endable(
      (call): Promise<never> => {
        signal = call.signal;
        throw new Error('at once');
      },
      createCall(),
      (given) => {
        end = given;
        return () => (unwatched += 1);
      },
    );
    await expect(result).rejects.toThrow('at once');
    end(new Error('too late'));
    expect({ unwatched, isAborted: signal?.aborted }).toEqual({ unwatched: 1, isAborted: false });
  });
});

describe('oncePerKey', () => {
  it('makes one value for each key', () => {
    const made: string[] = [];
    const of = oncePerKey((key) => made.push(key));
    expect([of('a'), of('b'), of('a')]).toEqual([1, 2, 1]);
    expect(made).toEqual(['a', 'b']);
  });
});

describe('createLimiter', () => {
  const { signal } = new AbortController();

  it('lets limit callers in, queueLimit wait, and turns the next one away', async () => {
    const limiter = createLimiter(1, 1);
    expect(await limiter.enter(signal)).toBe(true);
    const waiting = limiter.enter(signal);
    expect(await limiter.enter(signal)).toBe(false);
    limiter.leave();
    expect(await waiting).toBe(true);
    limiter.leave();
    expect(limiter.size).toBe(0);
  });

  it('serves waiters in their order and skips those that gave up', async () => {
    const limiter = createLimiter(1, 3);
    await limiter.enter(signal);
    const served: string[] = [];
    const controller = new AbortController();
    const first = limiter.enter(controller.signal);
    void limiter.enter(signal).then(() => served.push('second'));
    void limiter.enter(signal).then(() => served.push('third'));
    controller.abort(new Error('gone'));
    await expect(first).rejects.toThrow('gone');
    limiter.leave();
    await settle();
    expect(served).toEqual(['second']);
    limiter.leave();
    await settle();
    expect(served).toEqual(['second', 'third']);
  });
});

describe('createSlidingWindow', () => {
  it('counts successes and failures apart', () => {
    const clock = createManualClock();
    const window = createSlidingWindow(1000, clock);
    window.record(false);
    window.record(true);
    expect(window.counts()).toEqual({ succeeded: 1, failed: 1 });
  });

  it('counts nothing after the whole window has passed', async () => {
    const clock = createManualClock();
    const window = createSlidingWindow(1000, clock);
    window.record(false);
    await clock.advance(890);
    expect(window.counts().failed).toBe(1);
    await clock.advance(110);
    expect(window.counts().failed).toBe(0);
  });
});

describe('nearestNames', () => {
  const known = ['circuit-breaker', 'retry', 'request-deadline'];
  it('finds a mistyped name and nothing for a strange one', () => {
    expect(nearestNames('circut-braker', known)).toEqual(['circuit-breaker']);
    expect(nearestNames('deadline', known)).toEqual(['request-deadline']);
    expect(nearestNames('xyz', known)).toEqual([]);
  });
});

describe('createRandom', () => {
  it('repeats with its seed and stays in [0, 1)', () => {
    const [first, second] = [createRandom(1), createRandom(1)];
    const values = Array.from({ length: 1000 }, first);
    expect(Array.from({ length: 1000 }, second)).toEqual(values);
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(values.reduce((sum, value) => sum + value, 0) / 1000).toBeCloseTo(0.5, 1);
    expect(createRandom(2)()).not.toBe(values[0]);
  });
});

describe('orAborted', () => {
  it('rejects with the reason at once, also when the work does not listen to the signal', async () => {
    const controller = new AbortController();
    const result = orAborted(controller.signal, () => new Promise(() => {}));
    controller.abort(new Error('nobody waits'));
    await expect(result).rejects.toThrow('nobody waits');
  });

  it('hands on what the work gives, and begins nothing once the signal has aborted', async () => {
    await expect(orAborted(new AbortController().signal, () => Promise.resolve(7))).resolves.toBe(7);
    let begun = 0;
    await expect(orAborted(AbortSignal.abort(new Error('over')), async () => (begun += 1))).rejects.toThrow(
      'over',
    );
    expect(begun).toBe(0);
  });
});
