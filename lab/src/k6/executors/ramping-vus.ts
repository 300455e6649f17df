import type { Stage } from '../configuration.ts';
import { formatDuration } from '../duration.ts';
import type { ExecutorContext } from '../executor.ts';
import type { Vu } from '../vu.ts';
import { type ExecutorDefinition, readStages, stagesMs, type VuNeed } from './definition.ts';
import { takePlannedVu } from './take-vu.ts';
import { type ExecutorWindow, openWindow } from './window.ts';

/** The number of looping VUs from a time on. */
interface Step {
  readonly atMs: number;
  readonly vus: number;
}

/** The number of looping VUs changes linearly from stage to stage. */
export const rampingVus: ExecutorDefinition<'ramping-vus'> = {
  read(reader) {
    const stages = readStages(reader);
    const startVUs = reader.whole('startVUs', { least: 0, otherwise: 1 });
    if (stages.length > 0 && stagesMs(stages) <= 0)
      reader.faults.add(reader.fieldOf('stages'), reader.raw('stages'), 'stages that last longer than 0');
    if (stages.length > 0 && Math.max(startVUs, ...stages.map(({ target }) => target)) === 0)
      reader.faults.add(reader.fieldOf('stages'), reader.raw('stages'), 'a target or startVUs above 0');
    return { startVUs, stages, gracefulRampDownMs: reader.durationMs('gracefulRampDown', 30_000) };
  },
  show: ({ startVUs, stages, gracefulRampDownMs }) => ({
    startVUs,
    stages: stages.map(({ durationMs, target }) => ({ duration: formatDuration(durationMs), target })),
    gracefulRampDown: formatDuration(gracefulRampDownMs),
  }),
  describe: ({ startVUs, stages, gracefulRampDownMs }) => [
    `up to ${mostOf(startVUs, stages)} looping VUs for ${formatDuration(stagesMs(stages))} over ${stages.length} stages`,
    `gracefulRampDown: ${formatDuration(gracefulRampDownMs)}`,
  ],
  regularMs: ({ stages }) => stagesMs(stages),
  needs({ startVUs, stages, gracefulRampDownMs, gracefulStopMs }) {
    const endMs = stagesMs(stages) + gracefulStopMs;
    return toNeeds(toSteps(startVUs, stages), gracefulRampDownMs, stagesMs(stages), endMs);
  },
  mostVus: ({ startVUs, stages }) => mostOf(startVUs, stages),
  async run({ startVUs, stages, gracefulRampDownMs, gracefulStopMs }, context) {
    const regularMs = stagesMs(stages);
    const window = openWindow(context, regularMs, gracefulStopMs);
    const loops = Array.from(
      { length: mostOf(startVUs, stages) },
      () => new VuLoop(context, window, gracefulRampDownMs),
    );
    for (const { atMs, vus } of toSteps(startVUs, stages)) {
      await context.clock.pause(Math.max(0, atMs - window.elapsedMs()), window.closed);
      if (window.closed.aborted) break;
      context.setProgress(window.elapsedMs() / regularMs);
      loops.forEach((loop, index) => (index < vus ? loop.start() : loop.stop()));
    }
    await context.clock.pause(Math.max(0, regularMs - window.elapsedMs()), window.closed);
    context.setProgress(1);
    await Promise.all(loops.map((loop) => loop.ended()));
    window.end();
  },
};

/** One place in the ramp: a VU loops in it while the number of VUs is high enough. */
class VuLoop {
  readonly #context: ExecutorContext;
  readonly #window: ExecutorWindow;
  readonly #gracefulRampDownMs: number;
  #wanted = false;
  #interrupt = new AbortController();
  #grace: AbortController | null = null;
  #loop: Promise<void> | null = null;

  constructor(context: ExecutorContext, window: ExecutorWindow, gracefulRampDownMs: number) {
    this.#context = context;
    this.#window = window;
    this.#gracefulRampDownMs = gracefulRampDownMs;
  }

  /** Goes on with the VU that is still in its grace period, or takes one. */
  start(): void {
    this.#wanted = true;
    this.#grace?.abort();
    this.#grace = null;
    this.#loop ??= this.#run();
  }

  /** No iteration begins any more; the running one is interrupted after the grace period. */
  stop(): void {
    if (!this.#wanted) return;
    this.#wanted = false;
    void this.#endGrace();
  }

  async ended(): Promise<void> {
    await this.#loop;
  }

  async #endGrace(): Promise<void> {
    const grace = new AbortController();
    this.#grace = grace;
    await this.#context.clock.pause(this.#gracefulRampDownMs, grace.signal);
    if (!grace.signal.aborted) this.#interrupt.abort();
  }

  async #run(): Promise<void> {
    const vu = await takePlannedVu(this.#context, this.#window.closed);
    if (vu !== null) {
      while (this.#wanted && this.#window.isOpen()) await this.#iterate(vu);
      this.#context.releaseVu(vu);
    }
    this.#grace?.abort();
    this.#grace = null;
    this.#loop = null;
  }

  async #iterate(vu: Vu): Promise<void> {
    if (this.#interrupt.signal.aborted) this.#interrupt = new AbortController();
    const signal = AbortSignal.any([this.#window.interrupted, this.#interrupt.signal]);
    await this.#context.iterate(vu, signal);
  }
}

function mostOf(startVUs: number, stages: readonly Stage[]): number {
  return Math.max(startVUs, ...stages.map(({ target }) => target));
}

/** One VU more or less at a time, at equal distances in each stage. */
function toSteps(startVUs: number, stages: readonly Stage[]): readonly Step[] {
  const steps: Step[] = [{ atMs: 0, vus: startVUs }];
  let stageStartMs = 0;
  let from = startVUs;
  for (const { durationMs, target } of stages) {
    const change = Math.abs(target - from);
    const direction = Math.sign(target - from);
    // A stage without length changes the number at once.
    const count = durationMs === 0 ? Math.min(1, change) : change;
    for (let step = 1; step <= count; step += 1)
      steps.push({
        atMs: stageStartMs + (durationMs * step) / count,
        vus: from + (direction * change * step) / count,
      });
    stageStartMs += durationMs;
    from = target;
  }
  return steps;
}

/** For each VU the times in which it loops or may still be in its grace period. */
function toNeeds(
  steps: readonly Step[],
  gracefulRampDownMs: number,
  regularMs: number,
  endMs: number,
): readonly VuNeed[] {
  const needs: VuNeed[] = [];
  const startsMs: number[] = [];
  const close = (startMs: number, stopMs: number) =>
    needs.push({ startMs, endMs: Math.min(endMs, stopMs + gracefulRampDownMs), vus: 1 });
  for (const { atMs, vus } of steps) {
    while (startsMs.length < vus) startsMs.push(atMs);
    while (startsMs.length > vus) close(startsMs.pop() ?? 0, atMs);
  }
  for (const startMs of startsMs) needs.push({ startMs, endMs: Math.max(regularMs, endMs), vus: 1 });
  return needs;
}
