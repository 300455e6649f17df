import { expect, test } from 'vitest';
import type { ClaimResult } from './document.ts';
import { exitCodeOf } from './exit-code.ts';
import { isWrong, toOutcome, toVerdict } from './verdict.ts';

const claim = (kind: ClaimResult['kind'], holds: boolean): ClaimResult => ({
  kind,
  text: `${kind} claim`,
  metric: 'during.goodputRatio',
  route: 'GET /',
  comparison: '<=',
  bound: 0.1,
  measured: 0.5,
  unit: 'ratio',
  holds,
});

test.each([
  [true, false, false, 'DEMONSTRATED'],
  [false, true, false, 'NOT DEMONSTRATED'],
  [false, true, true, 'FIXED'],
  [true, false, true, 'NOT FIXED'],
  [false, false, false, 'INCONCLUSIVE'],
  [true, true, true, 'INCONCLUSIVE'],
])(
  'failure claims hold: %s, health claims hold: %s, with a fix: %s → %s',
  (failure, health, withFix, verdict) => {
    expect(toVerdict([claim('failure', failure), claim('health', health)], withFix).verdict).toBe(verdict);
  },
);

test('a kind without claims never holds, so an arm without claims proves nothing', () => {
  expect(toVerdict([], false).verdict).toBe('INCONCLUSIVE');
});

test('one failure claim that does not hold is enough for no verdict, and the reason names it', () => {
  const claims = [claim('failure', true), claim('failure', false), claim('health', false)];
  expect(toVerdict(claims, false).reason).toContain('between the bounds: "');
});

test('a verdict is wrong only when it differs from the declared one and says something', () => {
  expect(isWrong({ declared: 'FIXED', verdict: 'NOT FIXED' })).toBe(true);
  expect(isWrong({ declared: 'FIXED', verdict: 'FIXED' })).toBe(false);
  expect(isWrong({ declared: 'FIXED', verdict: 'INCONCLUSIVE' })).toBe(false);
  expect(isWrong({ declared: 'FIXED', verdict: 'SKIPPED' })).toBe(false);
  expect(isWrong({ declared: null, verdict: 'NOT FIXED' })).toBe(false);
});

test('a wrong verdict weighs more than an inconclusive one, and an undeclared arm does not count', () => {
  const right = { declared: 'FIXED', verdict: 'FIXED' } as const;
  const wrong = { declared: 'FIXED', verdict: 'NOT FIXED' } as const;
  const open = { declared: 'FIXED', verdict: 'INCONCLUSIVE' } as const;
  const custom = { declared: null, verdict: 'INCONCLUSIVE' } as const;
  const skipped = { declared: 'FIXED', verdict: 'SKIPPED' } as const;
  expect(toOutcome([right, custom, skipped])).toBe('as-declared');
  expect(toOutcome([right, open])).toBe('inconclusive');
  expect(toOutcome([open, wrong])).toBe('not-as-declared');
  expect(toOutcome([skipped])).toBe('skipped');
});

test('the exit code is 1 before 3 before 0, and SKIPPED counts as 0', () => {
  expect(exitCodeOf(['inconclusive', 'not-as-declared'])).toBe(1);
  expect(exitCodeOf(['as-declared', 'inconclusive'])).toBe(3);
  expect(exitCodeOf(['as-declared', 'skipped'])).toBe(0);
});
