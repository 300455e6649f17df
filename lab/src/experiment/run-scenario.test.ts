import { expect, test } from 'vitest';
import { plainScenario } from '../../test/fixtures/plain-scenario.ts';
import {
  createFakeHttp,
  createFakeTarget,
  createJumpingClock,
  createScriptedDriver,
  idleMachine,
} from '../../test/fakes/fake-system.ts';
import type { LabEvent } from '../core/events.ts';
import { toWindows } from '../core/timeline.ts';
import type { Scenario } from '../core/scenario.ts';
import { steady } from '../core/stream-builders.ts';
import { type Driver, GeneratorLost } from '../drivers/driver.ts';
import { scenario as cascade } from '../scenarios/cascade-failure.ts';
import { runScenario } from './run-scenario.ts';

const metrics = [
  'lab_database_connections_held{http_route="/api/cascade-failure"} 10',
  'db_client_connection_pending_requests 50',
].join('\n');
const { trigger } = toWindows(cascade);
/** Well, but for the seconds of the trigger, in which nothing is answered. */
const cascading = (_: string, second: number) =>
  second >= (trigger?.startSecond ?? 0) && second < (trigger?.endSecond ?? 0)
    ? { outcomes: { timeout: 10 }, latencyMs: 1000 }
    : { outcomes: { good: 10 }, latencyMs: 5 };
const well = () => ({ outcomes: { good: 10 }, latencyMs: 5 });

interface Attempt {
  readonly scenario?: Scenario;
  readonly script?: Parameters<typeof createScriptedDriver>[1];
  readonly latenessMs?: number;
  readonly withTrigger?: boolean;
  readonly arms?: readonly string[];
  readonly driver?: Driver;
}

async function run({
  scenario = cascade,
  script = cascading,
  latenessMs = 1,
  withTrigger = true,
  arms = ['unprotected'],
  driver,
}: Attempt) {
  const clock = createJumpingClock();
  const { target, asked } = createFakeTarget();
  const { http, sent } = createFakeHttp(() => metrics, '{"cpuMs":20}');
  const events: LabEvent[] = [];
  const result = await runScenario({
    scenario,
    armNames: arms,
    seed: 1,
    withTrigger,
    target,
    driver: driver ?? createScriptedDriver(clock, script, latenessMs),
    clock,
    machine: idleMachine,
    http,
    signal: new AbortController().signal,
    logFolderOf: () => '',
    emit: (event) => void events.push(event),
  });
  return { result, asked, sent, events };
}

test('a system that breaks in the trigger for the declared reason is DEMONSTRATED, as declared', async () => {
  const { result, asked, sent } = await run({});
  expect(result.arms.map(({ verdict }) => verdict)).toEqual(['DEMONSTRATED']);
  expect(result.outcome).toBe('as-declared');
  expect(result.arms[0]?.recoverySeconds).toBe(0);
  expect(asked).toEqual(['start nothing', 'stop']);
  expect(sent).toEqual(['PUT http://downstream:c/behaviour', 'DELETE http://downstream:c/behaviour']);
});

test('A/A: without the trigger the same arm must be NOT DEMONSTRATED, and nothing is disturbed', async () => {
  const { result, sent } = await run({ script: well, withTrigger: false });
  expect(result.arms[0]).toMatchObject({ declared: 'NOT DEMONSTRATED', verdict: 'NOT DEMONSTRATED' });
  expect(sent).toEqual([]);
});

test('a system that stays well under the trigger is not as declared', async () => {
  const { result } = await run({ script: well });
  expect(result.arms[0]?.verdict).toBe('NOT DEMONSTRATED');
  expect(result.outcome).toBe('not-as-declared');
});

test('a late generator gives INCONCLUSIVE after one retry, never a verdict, and says what to close', async () => {
  const { result, asked, events } = await run({ latenessMs: 500 });
  expect(result.outcome).toBe('inconclusive');
  expect(result.arms[0]).toMatchObject({ verdict: 'INCONCLUSIVE', attempts: 2 });
  expect(result.arms[0]?.reason).toMatch(/requests left late.*close or pause "compiler \(42\)"/s);
  expect(asked.filter((what) => what === 'stop')).toHaveLength(2);
  expect(events.filter(({ type }) => type === 'arm-finished')).toHaveLength(2);
});

test('an unhealthy baseline ends the arm before its trigger', async () => {
  const sick = () => ({ outcomes: { good: 5, timeout: 5 }, latencyMs: 5 });
  const { result, sent, asked } = await run({ script: sick });
  expect(result.arms[0]?.reason).toContain('baseline was not healthy');
  expect(sent).toEqual([]);
  expect(asked.at(-1)).toBe('stop');
});

test.each([
  ['in the middle of the load', false],
  ['before it began', true],
])('a generator that is lost %s makes the arm INCONCLUSIVE, and it is not tried again', async (_, atOnce) => {
  const lost = Promise.reject(
    new GeneratorLost('generator load-1-2-q9wzt ended before its plan did (OOMKilled)'),
  );
  lost.catch(() => {});
  const load = { startMonotonicMs: 0, cpuSeconds: () => 0, finished: lost };
  const driver: Driver = { name: 'cluster', start: () => (atOnce ? lost : Promise.resolve(load)) };
  const { result, asked } = await run({ driver });
  expect(result.outcome).toBe('inconclusive');
  expect(result.arms[0]).toMatchObject({
    verdict: 'INCONCLUSIVE',
    reason: 'generator load-1-2-q9wzt ended before its plan did (OOMKilled)',
    attempts: 1,
  });
  expect(asked).toEqual(['start nothing', 'stop']);
});

test('a fix is judged with the arm that it is compared with, and by all of its parts', async () => {
  const { result } = await run({ script: well, arms: ['protected'] });
  expect(result.arms.map(({ name }) => name)).toEqual(['unprotected', 'protected']);
  // Nothing opened, timed out or was released here: being well is no proof that the fix did it.
  expect(result.arms[1]?.verdict).toBe('INCONCLUSIVE');
});

test('a system that the target cannot run is SKIPPED, with the reason, and nothing is started', async () => {
  const limited = { ...plainScenario, system: { ...plainScenario.system, limits: { cpuCores: 0.1 } } };
  const { result, asked, events } = await run({ scenario: limited });
  expect(result).toMatchObject({ outcome: 'skipped', reason: 'SKIPPED: unprotected; each says why' });
  expect(result.arms[0]).toMatchObject({
    declared: 'DEMONSTRATED',
    verdict: 'SKIPPED',
    reason: 'the fake has no limits',
    attempts: 1,
    setup: { limits: { cpuCores: 0.1 } },
    claims: [],
    validity: { valid: false, reasons: ['the fake has no limits'] },
    phases: {},
  });
  expect(asked).toEqual([]);
  expect(events.map(({ type }) => type)).toEqual(['arm-started', 'arm-finished', 'scenario-finished']);
});

test('a scenario whose load depends on the machine measures it first, and every arm has what follows', async () => {
  const apply = ({ cpuMs = 0 }) => ({
    routes: plainScenario.routes,
    load: { page: steady('page', 1000 / cpuMs) },
  });
  const calibration = { probes: { cpuMs: { path: '/work', field: 'cpuMs' } }, apply };
  const { result, asked, events } = await run({
    scenario: { ...plainScenario, calibration },
    arms: ['unprotected', 'wrong-fix'],
    script: well,
  });
  expect(result.calibration).toEqual({ cpuMs: 20 });
  expect(result.arms.map(({ setup }) => setup.load)).toEqual([
    { page: steady('page', 50) },
    { page: steady('page', 50) },
  ]);
  expect(events[0]?.type).toBe('calibrated');
  // A quiet system of its own, then one per arm.
  expect(asked.filter((what) => what === 'stop')).toHaveLength(3);
});
