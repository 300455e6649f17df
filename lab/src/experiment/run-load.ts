import type { LoadSecond, RecordedIncident, Sample, Window } from '../core/events.ts';
import { secondsIn } from '../core/measurement.ts';
import type { Trigger } from '../core/scenario.ts';
import type { LoadPlan } from '../core/plan.ts';
import { type Driver, GeneratorLost, type LoadRun, type LoadSummary } from '../drivers/driver.ts';
import type { System } from '../targets/target.ts';
import type { Clock, HttpClient, Machine } from './instruments.ts';
import { sampleEverySecond } from './sampler.ts';
import { switchOff, switchOn } from './trigger.ts';

/** After the last planned request the driver may take this long until every one has its outcome. */
const finishMarginMs = 15_000;

export interface LoadOptions {
  readonly system: System;
  readonly plan: LoadPlan;
  readonly loadSeconds: number;
  readonly windows: Readonly<Record<string, Window>>;
  readonly trigger: Trigger | null;
  readonly driver: Driver;
  readonly clock: Clock;
  readonly machine: Machine;
  readonly http: HttpClient;
  readonly signal: AbortSignal;
  readonly onPhase: (phase: string) => void;
  readonly onStarted: () => void;
  readonly onSecond: (second: LoadSecond) => void;
  readonly onSample: (sample: Sample) => void;
  readonly onIncident: (incident: RecordedIncident) => void;
}

export interface LoadRecord {
  readonly seconds: readonly LoadSecond[];
  readonly samples: readonly Sample[];
  readonly incidents: readonly RecordedIncident[];
  readonly foreignCpuRatio: number | null;
  /** Of each generator, where several made the load. */
  readonly generators: LoadSummary['generators'];
  /** Null when the whole load was made. */
  readonly endedEarly: EarlyEnd | null;
}

/** Why nothing can be concluded from what there is of the load. */
export interface EarlyEnd {
  readonly reason: string;
  /** Somebody has to see why it happened before it is tried again. */
  readonly isFinal: boolean;
}

/**
 * Puts the whole load on a running system, with the trigger at its time. Ends early when the baseline is not healthy,
 * or when a part of the load was lost.
 */
export async function runLoad(options: LoadOptions): Promise<LoadRecord> {
  const abort = new AbortController();
  const signal = AbortSignal.any([options.signal, abort.signal]);
  const seconds: LoadSecond[] = [];
  const samples: Sample[] = [];
  const incidents: RecordedIncident[] = [];
  const recorded = { seconds, samples, incidents };
  let load: LoadRun;
  try {
    load = await options.driver.start(options.plan, {
      baseUrl: options.system.url,
      signal,
      measuredFromSecond: options.windows['baseline']?.startSecond ?? 0,
      onSecond: (second) => {
        seconds.push(second);
        options.onSecond(second);
      },
    });
  } catch (error) {
    return { ...recorded, ...toEarlyEnd(error) };
  }
  options.onStarted();
  load.finished.catch(() => abort.abort());
  const timeline = followTimeline({ ...options, signal }, load, seconds);
  const sampling = sampleEverySecond({
    ...options,
    signal,
    startMonotonicMs: load.startMonotonicMs,
    seconds: options.loadSeconds,
    onSample: (sample) => {
      samples.push(sample);
      options.onSample(sample);
    },
    onIncident: (incident) => {
      incidents.push(incident);
      options.onIncident(incident);
    },
  });
  try {
    await Promise.race([
      Promise.all([load.finished, timeline, sampling]),
      options.system.failed,
      deadline({ ...options, signal }),
    ]);
  } catch (error) {
    return { ...recorded, ...toEarlyEnd(error) };
  } finally {
    abort.abort(new Error('the load is over'));
    await Promise.allSettled([load.finished, timeline, sampling]);
  }
  const { foreignCpuRatio } = await timeline;
  const { generators } = await load.finished;
  return { ...recorded, foreignCpuRatio, generators, endedEarly: null };
}

class UnhealthyBaseline extends Error {}

/** Throws the error again when it is no reason for an early end. */
function toEarlyEnd(error: unknown): Pick<LoadRecord, 'foreignCpuRatio' | 'generators' | 'endedEarly'> {
  if (!(error instanceof UnhealthyBaseline || error instanceof GeneratorLost)) throw error;
  const isFinal = error instanceof GeneratorLost;
  return {
    foreignCpuRatio: null,
    generators: undefined,
    endedEarly: { reason: error.message, isFinal },
  };
}

/** Walks through the phases: meters CPU from the baseline on, gates the baseline, switches the trigger. */
async function followTimeline(options: LoadOptions, load: LoadRun, seconds: readonly LoadSecond[]) {
  const { clock, windows, system, http, signal, trigger } = options;
  const until = (second: number) =>
    clock.sleep(Math.max(0, load.startMonotonicMs + second * 1000 - clock.monotonicMs()), signal);
  options.onPhase('warm-up');
  await until(windows['baseline']?.startSecond ?? 0);
  options.onPhase('baseline');
  const cpuBefore = await readCpu(options, load);
  await until((windows['trigger'] ?? windows['during'])?.startSecond ?? 0);
  const fault = baselineFault(windows['baseline'], seconds);
  if (fault !== null) throw new UnhealthyBaseline(fault);
  options.onPhase(trigger === null ? 'during' : 'trigger');
  if (windows['trigger'] !== undefined) {
    if (trigger !== null) await switchOn(trigger, options.plan.seed, system, http, signal);
    await until(windows['trigger'].endSecond);
    if (trigger !== null) await switchOff(trigger, system, http, signal);
    if (windows['after'] !== undefined) options.onPhase('after');
  }
  await until(options.loadSeconds);
  const cpuAfter = await readCpu(options, load);
  return { foreignCpuRatio: foreignRatio(cpuBefore, cpuAfter, options.machine.cores) };
}

/** A healthy baseline answers ≥ 99 % of every route in time; without one, nothing that follows means anything. */
function baselineFault(window: Window | undefined, seconds: readonly LoadSecond[]): string | null {
  if (window === undefined) return null;
  const totals = new Map<string, { offered: number; good: number }>();
  for (const second of secondsIn({ seconds }, window)) {
    for (const [key, route] of Object.entries(second.routes)) {
      const total = totals.get(key) ?? { offered: 0, good: 0 };
      total.offered += route.offered;
      total.good += route.outcomes.good ?? 0;
      totals.set(key, total);
    }
  }
  const faults = [...totals]
    .filter(([, { offered, good }]) => good < 0.99 * offered)
    .map(([key, { offered, good }]) => `${key} ${good} of ${offered} good`);
  return faults.length === 0 ? null : `the baseline was not healthy before the trigger: ${faults.join(', ')}`;
}

interface CpuReading {
  readonly atMs: number;
  readonly busy: number | null;
  readonly ours: number | null;
}

async function readCpu({ machine, system, clock }: LoadOptions, load: LoadRun): Promise<CpuReading> {
  const systemSeconds = await system.cpuSeconds();
  const driverSeconds = load.cpuSeconds();
  const known = systemSeconds !== null && driverSeconds !== null;
  return {
    atMs: clock.monotonicMs(),
    busy: machine.busyCpuSeconds(),
    ours: known ? systemSeconds + driverSeconds + machine.ownCpuSeconds() : null,
  };
}

/** (All CPU of the machine − the system's, the driver's and the lab's) ÷ (cores × time). */
function foreignRatio(before: CpuReading, after: CpuReading, cores: number): number | null {
  if (before.busy === null || after.busy === null || before.ours === null || after.ours === null) return null;
  const foreign = after.busy - before.busy - (after.ours - before.ours);
  const capacity = (cores * (after.atMs - before.atMs)) / 1000;
  return capacity <= 0 ? null : Math.max(0, foreign / capacity);
}

async function deadline(options: LoadOptions): Promise<never> {
  const limitMs = options.loadSeconds * 1000 + finishMarginMs;
  await options.clock.sleep(limitMs, options.signal);
  throw new Error(
    `the load did not end within ${limitMs} ms: the driver lost requests or the machine stood still`,
  );
}
