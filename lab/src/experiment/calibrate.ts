import type { Scenario } from '../core/scenario.ts';
import type { System } from '../targets/target.ts';
import type { ArmOptions } from './arm-options.ts';
import { toSystemSpec } from './system-spec.ts';

/** The first calls of a program are slower: its compiler has not seen them yet. */
const warmUpCalls = 2;
const measuredCalls = 5;
const callTimeoutMs = 20_000;

export type CalibrationOptions = Pick<
  ArmOptions,
  'scenario' | 'target' | 'http' | 'machine' | 'signal' | 'logFolder' | 'emit'
>;

export interface Calibrated {
  readonly scenario: Scenario;
  readonly readings: Readonly<Record<string, number>> | null;
}

/**
 * Measures what the scenario's work costs in a quiet service without limits (machines differ by 10 ×) and states its
 * load accordingly. A scenario that needs no calibration stays as it is, and nothing is started.
 */
export async function calibrate(options: CalibrationOptions): Promise<Calibrated> {
  const { scenario, target, signal, logFolder } = options;
  if (scenario.calibration === undefined) return { scenario, readings: null };
  const { poolSize, downstreamDelayMs, backendEnvironment } = scenario.system;
  const spec = toSystemSpec({ replicas: 1, poolSize, downstreamDelayMs, backendEnvironment }, {});
  const running = await target.start(spec, { signal, logFolder });
  try {
    const readings: Record<string, number> = {};
    for (const [name, { path, field }] of Object.entries(scenario.calibration.probes))
      readings[name] = await readProbe(options, running, path, field);
    options.emit({ type: 'calibrated', scenario: scenario.name, readings });
    return {
      scenario: { ...scenario, ...scenario.calibration.apply(readings, options.machine) },
      readings,
    };
  } finally {
    await running.stop();
  }
}

/** The median of a few calls, one after the other. */
async function readProbe(
  { http, signal }: CalibrationOptions,
  { url }: System,
  path: string,
  field: string,
): Promise<number> {
  const values: number[] = [];
  for (let call = 0; call < warmUpCalls + measuredCalls; call += 1) {
    const body = await http.request('GET', url + path, { timeoutMs: callTimeoutMs, signal });
    const value = (JSON.parse(body) as Record<string, unknown>)[field];
    if (typeof value !== 'number' || value <= 0)
      throw new Error(`calibration: ${path} answered ${field} = ${String(value)}, not a number above 0`);
    if (call >= warmUpCalls) values.push(value);
  }
  values.sort((left, right) => left - right);
  return values[Math.floor(measuredCalls / 2)] ?? Number.NaN;
}
