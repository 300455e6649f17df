import { type ConstantArrivalRate, type RampingArrivalRate, toSchedule } from '../../core/plan.ts';
import type { ExecutorContext } from '../executor.ts';
import type { OptionsReader } from '../options-reader.ts';
import type { Vu } from '../vu.ts';
import { takePlannedVu } from './take-vu.ts';
import { openWindow } from './window.ts';

/** Node's timers are not finer. */
const tickMs = 1;

/** Intended starts in ms, by the same arithmetic as the plans of the embedded driver. */
export function arrivalsMs(rate: ConstantArrivalRate | RampingArrivalRate): Float64Array {
  const route = { key: 'iteration', method: 'GET', path: '/', deadlineMs: 0 } as const;
  const stream = {
    ...rate,
    name: 'iterations',
    route: route.key,
    startTimeSeconds: 0,
    arrival: 'even',
  } as const;
  return toSchedule({ seed: 0, routes: [route], streams: [stream], inFlightLimit: 0 }).startsMs;
}

export function readArrivalVus(reader: OptionsReader): { preAllocatedVUs: number; maxVUs: number } {
  const preAllocatedVUs = reader.whole('preAllocatedVUs', { least: 0 });
  const maxVUs = reader.whole('maxVUs', { least: 1, otherwise: Math.max(1, preAllocatedVUs) });
  if (maxVUs < preAllocatedVUs)
    reader.faults.add(
      reader.fieldOf('maxVUs'),
      maxVUs,
      `a whole number of at least preAllocatedVUs (${preAllocatedVUs})`,
    );
  return { preAllocatedVUs, maxVUs };
}

/** `10`, or `10-20` where more can be made while the scenario runs. */
export function rangeOf(preAllocatedVUs: number, maxVUs: number): string {
  return maxVUs === preAllocatedVUs ? String(maxVUs) : `${preAllocatedVUs}-${maxVUs}`;
}

export interface ArrivalsPlan {
  /** Sorted, in ms from the scenario's start. */
  readonly arrivals: Float64Array;
  readonly regularMs: number;
  readonly gracefulStopMs: number;
  readonly preAllocatedVUs: number;
  readonly maxVUs: number;
}

/**
 * Begins iterations at their absolute times; all that are due begin at once, so that a late tick shifts nothing. Without
 * a free VU an arrival is dropped, and one VU more is made in the background, up to `maxVUs`.
 */
export async function runArrivals(context: ExecutorContext, plan: ArrivalsPlan): Promise<void> {
  const window = openWindow(context, plan.regularMs, plan.gracefulStopMs);
  const crew = new Crew(context, plan.maxVUs, window.interrupted);
  await crew.gather(plan.preAllocatedVUs);
  let next = 0;
  while (!context.signal.aborted) {
    const elapsedMs = window.elapsedMs();
    for (; next < plan.arrivals.length && (plan.arrivals[next] ?? 0) <= elapsedMs; next += 1) crew.begin();
    context.setProgress(elapsedMs / plan.regularMs);
    const nextMs = plan.arrivals[next] ?? plan.regularMs;
    if (next >= plan.arrivals.length && elapsedMs >= plan.regularMs) break;
    await context.clock.pause(Math.max(tickMs, nextMs - elapsedMs), context.signal);
  }
  await crew.dismiss();
  window.end();
}

/** The VUs of one arrival-rate scenario, used in turn. */
class Crew {
  readonly #context: ExecutorContext;
  readonly #mostVus: number;
  readonly #interrupted: AbortSignal;
  readonly #free: Vu[] = [];
  readonly #running = new Set<Promise<void>>();
  #size = 0;
  #making: Promise<void> | null = null;
  #hasWarned = false;

  constructor(context: ExecutorContext, mostVus: number, interrupted: AbortSignal) {
    this.#context = context;
    this.#mostVus = mostVus;
    this.#interrupted = interrupted;
  }

  async gather(count: number): Promise<void> {
    while (this.#size < count) {
      const vu = await takePlannedVu(this.#context, this.#interrupted);
      if (vu === null) return;
      this.#free.push(vu);
      this.#size += 1;
    }
  }

  begin(): void {
    const vu = this.#free.shift();
    if (vu === undefined) {
      this.#context.drop(1);
      this.#reinforce();
      return;
    }
    const iteration = this.#iterate(vu);
    this.#running.add(iteration);
    void iteration.finally(() => this.#running.delete(iteration));
  }

  /** Waits for what runs and gives every VU back. */
  async dismiss(): Promise<void> {
    await Promise.all([...this.#running, this.#making]);
    for (const vu of this.#free) this.#context.releaseVu(vu);
  }

  async #iterate(vu: Vu): Promise<void> {
    await this.#context.iterate(vu, this.#interrupted);
    this.#free.push(vu);
  }

  #reinforce(): void {
    if (this.#making !== null) return;
    if (this.#size >= this.#mostVus) {
      if (!this.#hasWarned)
        this.#context.warn(`Insufficient VUs, reached ${this.#size} active VUs and cannot initialize more`);
      this.#hasWarned = true;
      return;
    }
    this.#making = this.#makeOne().finally(() => {
      this.#making = null;
    });
  }

  async #makeOne(): Promise<void> {
    this.#size += 1;
    try {
      this.#free.push(await this.#context.createVu());
    } catch (error) {
      this.#size -= 1;
      this.#context.warn(`one more VU could not be made: ${String(error)}`);
    }
  }
}
