import { expect, test } from 'vitest';
import { scenario } from '../scenarios/cascade-failure.ts';
import type { Scenario } from './scenario.ts';
import { steady } from './stream-builders.ts';
import { applySettings, formatProtections, parseProtections, settingPaths, UsageError } from './settings.ts';

test('a setting changes any number of the scenario and nothing else', () => {
  const changed = applySettings(scenario, ['trigger.durationSeconds=12', 'load.tasks.rate=60']);
  expect(changed.trigger?.durationSeconds).toBe(12);
  expect(changed.load['tasks']?.rate).toBe(60);
  expect(scenario.trigger?.durationSeconds).not.toBe(12);
  expect({ ...changed, trigger: null, load: null }).toEqual({ ...scenario, trigger: null, load: null });
});

test('what the user has set stays when the load is stated anew by a calibration', () => {
  const apply = () => ({
    routes: scenario.routes,
    load: { tasks: steady('tasks', 7), cascade: steady('cascade', 9) },
  });
  const calibrated = { ...scenario, calibration: { probes: {}, apply } };
  const { calibration } = applySettings(calibrated, ['load.tasks.rate=60']);
  const load: Scenario['load'] = calibration?.apply({}, { cores: 2 }).load ?? {};
  expect([load['tasks']?.rate, load['cascade']?.rate]).toEqual([60, 9]);
});

test('the bounds of claims cannot be set: they are written before the run', () => {
  expect(settingPaths(scenario).filter((path) => path.includes('Claims'))).toEqual([]);
});

test('every fault is reported at once, with the nearest names', () => {
  const attempt = () =>
    applySettings(scenario, ['trigger.durationSecond=1', 'load.tasks.rate=fast', 'nonsense']);
  expect(attempt).toThrow(UsageError);
  expect(attempt).toThrow(
    /Did you mean trigger\.durationSeconds.*"fast" is not a number.*expected path=number/s,
  );
});

test('protections are read and written in the syntax of PROTECTIONS', () => {
  const text =
    'downstream-timeout:timeoutMs=250,circuit-breaker:openSeconds=2;minimumCalls=5,release-connection';
  expect(parseProtections(text)).toEqual({
    'downstream-timeout': { timeoutMs: '250' },
    'circuit-breaker': { openSeconds: '2', minimumCalls: '5' },
    'release-connection': {},
  });
  expect(formatProtections(parseProtections(text))).toBe(text);
});

test.each(['', 'a,,b', 'a:b', 'a:=1'])('protections "%s" are refused', (text) => {
  expect(() => parseProtections(text)).toThrow(UsageError);
});
