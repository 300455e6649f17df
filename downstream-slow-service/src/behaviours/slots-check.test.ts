import { expect, test } from 'vitest';
import { slots } from './slots.ts';

test.each([
  { queueLimit: 3 },
  { queueDiscipline: 'lifo' },
  { codelTargetMs: 5 },
  { codelIntervalMs: 100 },
  { dropCancelled: true },
  { stopCancelled: false },
] as const)('%o without slots is a fault', (settings) => {
  const [[field, received] = []] = Object.entries(settings);
  expect(slots.check?.(settings)).toEqual([{ field, received, legal: 'only together with slots' }]);
});

test('every setting without slots is named at once, and settings of other behaviours are not', () => {
  const settings = { queueLimit: 3, queueDiscipline: 'fifo', delayMs: 1 } as const;
  expect(slots.check?.(settings)).toMatchObject([{ field: 'queueLimit' }, { field: 'queueDiscipline' }]);
});

test('settings of CoDel want its discipline', () => {
  expect(slots.check?.({ slots: 1, codelTargetMs: 5, queueDiscipline: 'lifo' })).toEqual([
    { field: 'codelTargetMs', received: 5, legal: 'only together with queueDiscipline codel' },
  ]);
  expect(slots.check?.({ slots: 1, codelIntervalMs: 50 })).toMatchObject([{ field: 'codelIntervalMs' }]);
});

test('the target of CoDel is below its interval, also where one of them is the default', () => {
  const check = (settings: { codelTargetMs?: number; codelIntervalMs?: number }) =>
    slots.check?.({ slots: 1, queueDiscipline: 'codel', ...settings });
  expect(check({})).toEqual([]);
  expect(check({ codelTargetMs: 99 })).toEqual([]);
  expect(check({ codelTargetMs: 100 })).toEqual([
    { field: 'codelTargetMs', received: 100, legal: 'below codelIntervalMs (100)' },
  ]);
  expect(check({ codelIntervalMs: 5 })).toEqual([
    { field: 'codelIntervalMs', received: 5, legal: 'above codelTargetMs (5)' },
  ]);
  expect(check({ codelTargetMs: 20, codelIntervalMs: 10 })).toMatchObject([{ received: 10 }]);
});
