import { describe, expect, it } from 'vitest';
import { fibonacci } from './fibonacci.ts';

describe('fibonacci', () => {
  it('gives the numbers of the sequence that begins with 0 and 1', () => {
    const numbers = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((index) => fibonacci.run({ index }));
    expect(numbers).toEqual([0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55]);
  });

  it('gives the thirtieth number', () => {
    expect(fibonacci.run({ index: 30 })).toBe(832_040);
  });
});
