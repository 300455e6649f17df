import { expect, it } from 'vitest';
import { resultOf, sampleArms } from '../../test/fixtures/sample-run.ts';
import type { ArmResult } from '../core/document.ts';
import { declaredMark, formatMechanism, headlineOf, mechanismWords, openClaimsOf } from './words.ts';

const [broken, , , fixed] = sampleArms.map((arm): ArmResult => resultOf(arm));
if (broken === undefined || fixed === undefined) throw new Error('the sample run lacks arms');

it('says how much of what the scenario is about still worked', () => {
  expect(headlineOf(broken)).toEqual({
    figure: '1.9 %',
    text: 'of the requests to GET /api/tasks were answered well and in time while the system was disturbed; p99 latency 1000 ms',
  });
});

it('gives the reason where nothing was measured', () => {
  const skipped: ArmResult = { ...broken, verdict: 'SKIPPED', reason: 'no cgroups', phases: {} };
  expect(headlineOf(skipped)).toEqual({ figure: null, text: 'no cgroups' });
});

it('asks only those claims to hold that the declared verdict needs', () => {
  expect(openClaimsOf(broken)).toEqual([]);
  expect(openClaimsOf(fixed)).toEqual([]);
  const wrong: ArmResult = { ...fixed, declared: 'NOT FIXED' };
  expect(openClaimsOf(wrong).map(({ kind }) => kind)).toEqual(['failure', 'failure']);
});

it('marks nothing where there is nothing to compare', () => {
  expect(declaredMark(broken)).toBe('yes');
  expect(declaredMark({ ...broken, declared: 'NOT DEMONSTRATED' })).toBe('no');
  expect(declaredMark({ ...broken, declared: null })).toBe('none');
  expect(declaredMark({ ...broken, verdict: 'INCONCLUSIVE' })).toBe('none');
});

it('takes the unit of a counter from its name', () => {
  expect(mechanismWords('heldByCascadeRatio')).toBe('held by cascade');
  expect(formatMechanism('heldByCascadeRatio', 0.9)).toBe('90 %');
  expect(formatMechanism('waitTimeMs', 12)).toBe('12 ms');
  expect(formatMechanism('attemptsPerCall', 2.4)).toBe('2.4');
  expect(formatMechanism('answersPerSecond', 45)).toBe('45 /s');
  expect(mechanismWords('attempts')).toBe('attempts');
});

it('reads the longest unit that a name ends in', () => {
  expect(mechanismWords('slopeBytesPerSecond')).toBe('slope');
  expect(formatMechanism('slopeBytesPerSecond', -432_000)).toBe('-0.432 MB/s');
});
