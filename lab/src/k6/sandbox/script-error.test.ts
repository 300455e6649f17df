import { expect, it } from 'vitest';
import { describeFailure } from './script-error.ts';

it('shows the innermost frames of a deep recursion, and how many more there are', () => {
  const frames = Array.from({ length: 1400 }, (_, index) => `f (script.js:${index + 1}:1)`);
  const lines = describeFailure({ name: 'InternalError', message: 'stack overflow', frames }).split('\n');
  expect(lines.slice(0, 2)).toEqual(['InternalError: stack overflow', '    at f (script.js:1:1)']);
  expect(lines.slice(-2)).toEqual(['    at f (script.js:20:1)', '    and 1380 more']);
});
