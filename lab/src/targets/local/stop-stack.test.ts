import { expect, it } from 'vitest';
import { createStopStack } from './stop-stack.ts';

it('runs the steps once, in reverse order', async () => {
  const order: number[] = [];
  const stops = createStopStack();
  for (const step of [1, 2, 3]) stops.add(() => void order.push(step));
  await Promise.all([stops.stopAll(), stops.stopAll()]);
  expect(order).toEqual([3, 2, 1]);
});

it('runs every step although some fail, and reports all their errors', async () => {
  const order: number[] = [];
  const stops = createStopStack();
  stops.add(() => void order.push(1));
  stops.add(() => Promise.reject(new Error('two')));
  stops.add(() => Promise.reject(new Error('three')));
  await expect(stops.stopAll()).rejects.toThrow('three; two');
  expect(order).toEqual([1]);
});

it('passes a single error on as it is', async () => {
  const error = new Error('only');
  const stops = createStopStack();
  stops.add(() => {
    throw error;
  });
  await expect(stops.stopAll()).rejects.toBe(error);
});
