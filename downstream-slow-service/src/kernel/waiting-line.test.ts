import { expect, test } from 'vitest';
import { createWaitingLine } from './waiting-line.ts';

const lineOf = (...names: string[]) => {
  const line = createWaitingLine<{ name: string }>();
  const leave = new Map(names.map((name) => [name, line.join({ name })]));
  return { line, leave: (name: string) => leave.get(name)?.() };
};

test('it is taken from at either end', () => {
  const { line } = lineOf('first', 'second', 'third');
  expect(line.takeOldest()).toEqual({ name: 'first' });
  expect(line.takeNewest()).toEqual({ name: 'third' });
  expect(line.takeNewest()).toEqual({ name: 'second' });
  expect([line.takeOldest(), line.takeNewest(), line.size]).toEqual([undefined, undefined, 0]);
});

test('whoever leaves, at an end or between, is not taken', () => {
  const { line, leave } = lineOf('first', 'second', 'third', 'fourth');
  for (const name of ['third', 'first', 'fourth']) leave(name);
  expect(line.size).toBe(1);
  expect(line.takeNewest()).toEqual({ name: 'second' });
  line.join({ name: 'fifth' });
  expect(line.takeOldest()).toEqual({ name: 'fifth' });
});

test('leaving twice, or after being taken, changes nothing', () => {
  const { line, leave } = lineOf('first', 'second', 'third');
  line.takeOldest();
  for (const name of ['first', 'second', 'second', 'first']) leave(name);
  expect(line.size).toBe(1);
  expect(line.takeOldest()).toEqual({ name: 'third' });
});
