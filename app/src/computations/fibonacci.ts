import { defineComputation } from './computation.ts';

/**
 * The Fibonacci number F(index), with F(0) = 0 and F(1) = 1, the naive way: F(index + 1) additions and calls, so each
 * further index costs 1.6 times as much. What it is for is the time; the number is right all the same.
 */
export const fibonacci = defineComputation({
  name: 'fibonacci',
  run: ({ index }: { readonly index: number }) => toFibonacci(index),
});

function toFibonacci(index: number): number {
  return index < 2 ? index : toFibonacci(index - 1) + toFibonacci(index - 2);
}
