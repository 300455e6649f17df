import { expect, it } from 'vitest';
import { createCall } from '../test/support/layers.ts';
import { BARE_EDGE, composeEdge } from './edges.ts';
import type { Layer } from './protections/protection.ts';

it('is the bare edge itself when nothing is on, so a protection that is off costs nothing', () => {
  expect(composeEdge([])).toBe(BARE_EDGE);
});

it('leaves the abilities that no layer has the bare functions', () => {
  const edge = composeEdge([{ execute: (work, call) => work(call) }]);
  expect(edge.execute).not.toBe(BARE_EDGE.execute);
  expect(edge.acquire).toBe(BARE_EDGE.acquire);
  expect(edge.outside).toBe(BARE_EDGE.outside);
});

it('runs the first layer outermost, for every ability', async () => {
  const order: string[] = [];
  const layer = (name: string): Layer => ({
    execute: (work, call) => (order.push(`${name} execute`), work(call)),
    acquire: (take, call) => (order.push(`${name} acquire`), take(call)),
    outside: (work) => (order.push(`${name} outside`), work()),
  });
  const edge = composeEdge([layer('outer'), layer('inner')]);
  const lease = { query: () => Promise.resolve([]), setSession: () => {}, release: () => {} };
  await edge.execute(() => Promise.resolve(order.push('work')), createCall());
  await expect(edge.acquire(() => Promise.resolve(lease), createCall())).resolves.toBe(lease);
  await expect(
    edge.outside(() => Promise.resolve(7), { giveBack: () => Promise.resolve(true) }),
  ).resolves.toBe(7);
  expect(order).toEqual([
    'outer execute',
    'inner execute',
    'work',
    'outer acquire',
    'inner acquire',
    'outer outside',
    'inner outside',
  ]);
});
