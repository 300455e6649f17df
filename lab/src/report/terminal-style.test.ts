import { expect, it } from 'vitest';
import { createPaint, toPlain, wrap } from './terminal-style.ts';

it('paints only when asked', () => {
  expect(createPaint({ colour: false })('red', 'x')).toBe('x');
  expect(createPaint({ colour: true })('red', 'x')).toBe('\u001B[31mx\u001B[39m');
});

it('spells what ASCII lacks', () => {
  expect(toPlain('3 × 2 ≤ 6 – “ok”… ✓', { unicode: false })).toBe('3 x 2 <= 6 - "ok"... ?');
  expect(toPlain('≤ ✓', { unicode: true })).toBe('≤ ✓');
});

it('keeps a figure with its unit, and a method with its path', () => {
  expect(wrap('aaaa 10 % of GET /a', 7)).toEqual(['aaaa', '10 % of', 'GET /a']);
});

it('breaks lines at spaces, and never within a word', () => {
  expect(wrap('one two three', 8, '  ')).toEqual(['one two', '  three']);
  expect(wrap('averylongword and', 5)).toEqual(['averylongword', 'and']);
  expect(wrap('    indented text here', 14)).toEqual(['    indented', 'text here']);
});
