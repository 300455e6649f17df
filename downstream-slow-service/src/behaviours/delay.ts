import { Type } from 'typebox';
import type { Random } from '../kernel/random.ts';
import { defineBehaviour, toFaultsWithout } from './behaviour.ts';

type Distribution = 'constant' | 'exponential' | 'uniform';

/**
 * One wait of each distribution. Exponential: the inverse of its distribution function, −mean · ln(1 − u) (Devroye,
 * “Non-Uniform Random Variate Generation”, chapter II.2); u is below 1, so the logarithm is finite.
 */
const DRAWS: Readonly<Record<Distribution, (meanMs: number, random: Random) => number>> = {
  constant: (meanMs) => meanMs,
  exponential: (meanMs, random) => -meanMs * Math.log(1 - random()),
  uniform: (meanMs, random) => 2 * meanMs * random(),
};

export const delay = defineBehaviour({
  name: 'delay',
  summary:
    'Every work request waits this long, whatever it asked for: always the same, or drawn around a mean.',
  settings: (limits) => ({
    delayMs: Type.Optional(
      Type.Number({
        unit: 'milliseconds',
        minimum: 0,
        maximum: limits.maxDelaySeconds * 1000,
        description: 'What every work request waits, or the mean of it.',
      }),
    ),
    delayDistribution: Type.Optional(
      Type.Enum(['constant', 'exponential', 'uniform'], {
        description:
          'How waits are spread around `delayMs`: not at all (default), exponentially, or evenly from 0 to twice the mean.',
      }),
    ),
  }),
  check: ({ delayMs, delayDistribution }) =>
    delayMs === undefined ? toFaultsWithout('delayMs', { delayDistribution }) : [],
  start: ({ delayMs, delayDistribution = 'constant' }, { random, limits }) => {
    if (delayMs === undefined) return undefined;
    const draw = DRAWS[delayDistribution];
    const longestMs = limits.maxDelaySeconds * 1000;
    return { delayMs: () => Math.min(draw(delayMs, random), longestMs) };
  },
});
