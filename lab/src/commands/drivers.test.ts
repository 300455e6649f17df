import { expect, it } from 'vitest';
import { parseDriver, toDriverOptions } from './drivers.ts';

it('is the process of the lab unless pods are asked for, three of them unless said otherwise', () => {
  expect(parseDriver(undefined, undefined, 'local')).toEqual({ name: 'embedded' });
  expect(parseDriver('embedded', undefined, 'kubernetes')).toEqual({ name: 'embedded' });
  expect(parseDriver('cluster', undefined, 'kubernetes')).toEqual({ name: 'cluster', parallelism: 3 });
  expect(parseDriver('cluster', 100, 'kubernetes')).toEqual({ name: 'cluster', parallelism: 100 });
});

it.each([
  ['claster', undefined, 'kubernetes', '--driver claster: expected embedded, cluster'],
  ['cluster', undefined, 'local', 'it needs --target kubernetes, not local'],
  ['cluster', 0, 'kubernetes', '--parallelism 0: expected 1 to 100'],
  ['cluster', 101, 'kubernetes', '--parallelism 101: expected 1 to 100'],
  ['embedded', 3, 'kubernetes', 'it needs --driver cluster'],
  [undefined, 3, 'local', 'it needs --driver cluster'],
] as const)(
  'refuses driver %s with parallelism %s on %s in one sentence',
  (name, parallelism, target, message) => {
    expect(() => parseDriver(name, parallelism, target)).toThrow(message);
  },
);

it('is part of the command that repeats the run', () => {
  expect(toDriverOptions({ name: 'embedded' })).toEqual([]);
  expect(toDriverOptions({ name: 'cluster', parallelism: 5 }).join(' ')).toBe(
    '--driver cluster --parallelism 5',
  );
});
