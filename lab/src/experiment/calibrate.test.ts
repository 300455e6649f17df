import { expect, test } from 'vitest';
import { createFakeTarget, idleMachine } from '../../test/fakes/fake-system.ts';
import { plainScenario } from '../../test/fixtures/plain-scenario.ts';
import type { LabEvent } from '../core/events.ts';
import type { Scenario } from '../core/scenario.ts';
import { steady } from '../core/stream-builders.ts';
import { calibrate } from './calibrate.ts';

/** A service whose calls take these milliseconds, one after the other. */
async function run(scenario: Scenario, costs: readonly unknown[]) {
  const { target, asked } = createFakeTarget();
  const events: LabEvent[] = [];
  const left = [...costs];
  const urls: string[] = [];
  const calibrated = calibrate({
    scenario,
    target,
    machine: idleMachine,
    http: {
      request: (_method, url) => {
        urls.push(url);
        return Promise.resolve(JSON.stringify({ cpuMs: left.shift() }));
      },
    },
    signal: new AbortController().signal,
    logFolder: '',
    emit: (event) => void events.push(event),
  });
  return { result: await calibrated.catch((error: unknown) => error), asked, events, urls };
}

const needing: Scenario = {
  ...plainScenario,
  system: { ...plainScenario.system, limits: { cpuCores: 0.1 }, replicas: 4 },
  calibration: {
    probes: { cpuMs: { path: '/work', field: 'cpuMs' } },
    apply: ({ cpuMs = 0 }, { cores }) => ({
      routes: plainScenario.routes,
      load: { page: steady('page', (1000 * cores) / cpuMs) },
    }),
  },
};

test('a scenario that needs none starts nothing', async () => {
  const { result, asked } = await run(plainScenario, []);
  expect(result).toEqual({ scenario: plainScenario, readings: null });
  expect(asked).toEqual([]);
});

test('the load follows from the median of the calls after the warm-up, in a system without limits', async () => {
  const { result, asked, events, urls } = await run(needing, [900, 800, 10, 20, 300, 20, 30]);
  expect(result).toMatchObject({ readings: { cpuMs: 20 }, scenario: { load: { page: { rate: 100 } } } });
  expect(urls).toEqual(Array.from({ length: 7 }, () => 'http://backend/work'));
  // The fake refuses limits: it was asked for a plain system.
  expect(asked).toEqual(['start nothing', 'stop']);
  expect(events).toEqual([{ type: 'calibrated', scenario: 'plain', readings: { cpuMs: 20 } }]);
});

test('an answer without the number ends the scenario with its words, and leaves nothing running', async () => {
  const { result, asked } = await run(needing, ['soon']);
  expect(String(result)).toContain('/work answered cpuMs = soon, not a number above 0');
  expect(asked.at(-1)).toBe('stop');
});
