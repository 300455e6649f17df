import { describe, expect, it } from 'vitest';
import { matchPattern } from './match-pattern.ts';

/** A text that is legal but for its last character. */
const toPoison = (length: number): string => `${'a'.repeat(length - 1)}!`;

/** The shortest of some runs: what disturbs only makes them longer. */
function timeMs(text: string): number {
  const times = Array.from({ length: 5 }, () => {
    const startedMs = performance.now();
    void matchPattern.run({ text });
    return performance.now() - startedMs;
  });
  return Math.min(...times);
}

describe('match-pattern', () => {
  it('tells legal texts from others', () => {
    const texts = ['a', 'aaaa', 'a'.repeat(1000), '', 'b', 'aab', toPoison(10)];
    expect(texts.map((text) => matchPattern.run({ text }))).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it('takes ever longer for a text that is nearly legal, and not for a legal one', () => {
    expect(timeMs(toPoison(20))).toBeGreaterThan(16 * timeMs(toPoison(12)));
    expect(timeMs('a'.repeat(20))).toBeLessThan(timeMs(toPoison(20)) / 16);
  });
});
