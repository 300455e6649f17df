import { expect, it } from 'vitest';
import { createLocalClock } from './clock.ts';

const clock = createLocalClock({ monotonicMs: () => 42 });

it('shows the time of its host', () => {
  expect(clock.monotonicMs()).toBe(42);
});

it('a sleep ends by itself', async () => {
  await expect(clock.sleep(0, new AbortController().signal)).resolves.toBeUndefined();
});

it.each(['before', 'after'])(
  'a sleep that is called off %s its start rejects with the reason',
  async (when) => {
    const reason = new Error('called off');
    const controller = new AbortController();
    if (when === 'before') controller.abort(reason);
    const sleeping = clock.sleep(60_000, controller.signal);
    if (when === 'after') controller.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
  },
);
