import type { ScenarioConfiguration } from './configuration.ts';
import { executorOf } from './executors.ts';
import type { Vu, VuFactory } from './vu.ts';

/** The VUs to make before the run: the most that all scenarios together need at one time. */
export function plannedVus(scenarios: readonly ScenarioConfiguration[]): number {
  const changes = scenarios.flatMap((scenario) =>
    executorOf(scenario)
      .needs(scenario)
      .flatMap(({ startMs, endMs, vus }) => [
        { atMs: scenario.startTimeMs + startMs, change: vus },
        { atMs: scenario.startTimeMs + endMs, change: -vus },
      ]),
  );
  // Where one scenario ends and another begins at the same time, VUs are given back first.
  changes.sort((left, right) => left.atMs - right.atMs || left.change - right.change);
  let current = 0;
  let most = 0;
  for (const { change } of changes) {
    current += change;
    most = Math.max(most, current);
  }
  return most;
}

/** The VUs that a run may come to: those that are planned, and those that arrival rates may still ask for. */
export function mostVus(scenarios: readonly ScenarioConfiguration[]): number {
  return scenarios.reduce(
    (total, scenario) => ('maxVUs' in scenario ? total + scenario.maxVUs - scenario.preAllocatedVUs : total),
    plannedVus(scenarios),
  );
}

/** Engines are got ready by threads of Node's own, so that a few at once take less time than one after the other. */
const madeAtOnce = 8;

/** The VUs of a run, numbered from 1. */
export class VuPool {
  readonly #factory: VuFactory;
  readonly #all: Vu[] = [];
  readonly #free: Vu[] = [];
  #lastId = 0;

  constructor(factory: VuFactory) {
    this.#factory = factory;
  }

  get size(): number {
    return this.#all.length;
  }

  /** Makes VUs that are free at once, until there are so many or the signal aborts. */
  async fill(count: number, signal: AbortSignal, onMade: (made: number) => void): Promise<void> {
    while (this.#all.length < count && !signal.aborted) {
      const batch = Math.min(madeAtOnce, count - this.#all.length);
      this.#free.push(...(await Promise.all(Array.from({ length: batch }, () => this.create()))));
      onMade(this.#all.length);
    }
  }

  /** Makes one VU, for whoever asks. */
  async create(): Promise<Vu> {
    this.#lastId += 1;
    const vu = await this.#factory.create(this.#lastId);
    this.#all.push(vu);
    return vu;
  }

  take(): Vu | null {
    return this.#free.shift() ?? null;
  }

  release(vu: Vu): void {
    this.#free.push(vu);
  }

  close(): void {
    for (const vu of this.#all) vu.close();
  }
}
