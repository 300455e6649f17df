import { expect, it } from 'vitest';
import { limitWarnings } from './repeated-warnings.ts';

it('shows the first ten warnings of a kind, then counts them', () => {
  const lines: string[] = [];
  const warnings = limitWarnings((line) => lines.push(line));
  for (let number = 1; number <= 25; number += 1) warnings.warn(`Request Failed error="GET /${number}"`);
  warnings.warn('Insufficient VUs');
  warnings.end();
  expect(lines.slice(0, 2)).toEqual(['Request Failed error="GET /1"', 'Request Failed error="GET /2"']);
  expect(lines.slice(10)).toEqual([
    'Request Failed: more of these are counted, not shown',
    'Insufficient VUs',
    'Request Failed: 25 in all, 15 not shown',
  ]);
});

it('says nothing at the end when all were shown', () => {
  const lines: string[] = [];
  const warnings = limitWarnings((line) => lines.push(line));
  warnings.warn('Request Failed error="GET /"');
  warnings.end();
  expect(lines).toHaveLength(1);
});
