import type { GeneratorFleet, GeneratorLauncher } from '../../core/generators.ts';
import { durationSecondsOf, type LoadPlan } from '../../core/plan.ts';
import type { Driver, DriverOptions, LoadRun, LoadSummary } from '../driver.ts';
import type { ClockOffset } from './clock-offset.ts';
import { sumUp } from './generator-record.ts';
import { GeneratorSession } from './generator-session.ts';
import { SecondMerger } from './merge-seconds.ts';
import { Trouble } from './trouble.ts';

export interface ClusterDriverOptions {
  readonly launcher: GeneratorLauncher;
  /** How many generators share each plan. */
  readonly count: number;
  /** The clock of this machine. */
  readonly monotonicMs: () => number;
}

/** To compute a schedule and open connections. */
const prepareDeadlineMs = 60_000;
const clockDeadlineMs = 30_000;
const clockReadings = 7;
const leastAheadMs = 500;
/** More time than a working generator needs after the last deadline of the plan. */
const marginMs = 15_000;

/**
 * The embedded driver, many times: each generator makes its share of one plan, all start together, and what they say is
 * merged into what one driver would have said. It ends all of them when one is lost, or `signal` is aborted.
 */
export function createClusterDriver(options: ClusterDriverOptions): Driver {
  return {
    name: 'cluster',
    generators: options.count,
    start: (plan, run) => startRun(options, plan, run),
  };
}

interface Crew {
  readonly fleet: GeneratorFleet;
  readonly sessions: readonly GeneratorSession[];
  readonly trouble: Trouble;
}

async function startRun(options: ClusterDriverOptions, plan: LoadPlan, run: DriverOptions): Promise<LoadRun> {
  const { launcher, count, monotonicMs } = options;
  run.signal.throwIfAborted();
  const crew = assemble(await launcher.launch(count, run.signal), run);
  const { sessions, trouble } = crew;
  try {
    const baseUrl = launcher.systemUrl ?? run.baseUrl;
    const preparing = sessions.map((session, index) =>
      session.prepare({ type: 'plan', plan, baseUrl, share: { index, count } }),
    );
    await trouble.orRaised(Promise.all(preparing), prepareDeadlineMs, 'get ready');
    const reading = sessions.map((session) => session.readOffset(monotonicMs, clockReadings));
    const offsets = await trouble.orRaised(Promise.all(reading), clockDeadlineMs, 'say what time it is');
    const startMonotonicMs = monotonicMs() + toAheadMs(offsets);
    for (const [index, session] of sessions.entries())
      session.start(startMonotonicMs + (offsets[index]?.offsetMs ?? 0));
    const finished = finish(crew, plan, offsets);
    // A failure waits for whoever awaits it.
    finished.catch(() => undefined);
    return { startMonotonicMs, cpuSeconds: () => cpuSecondsOf(sessions, launcher.bootId), finished };
  } catch (error) {
    await disband(crew);
    throw error;
  }
}

function assemble(fleet: GeneratorFleet, run: DriverOptions): Crew {
  const trouble = new Trouble(run.signal);
  const merger = new SecondMerger(fleet.generators.length, run.onSecond);
  const sessions = fleet.generators.map(
    (generator) =>
      new GeneratorSession({
        generator,
        trouble,
        measuredFromSecond: run.measuredFromSecond ?? 0,
        onSecond: (second) => merger.add(second),
      }),
  );
  return { fleet, sessions, trouble };
}

/** The word to start has to be there before the start: it takes as long as the slowest of the quickest round trips. */
function toAheadMs(offsets: readonly ClockOffset[]): number {
  return leastAheadMs + 8 * Math.max(...offsets.map(({ uncertaintyMs }) => uncertaintyMs));
}

async function finish(crew: Crew, plan: LoadPlan, offsets: readonly ClockOffset[]): Promise<LoadSummary> {
  const { sessions, trouble } = crew;
  const longestDeadlineMs = Math.max(0, ...plan.routes.map(({ deadlineMs }) => deadlineMs));
  const allowedMs = toAheadMs(offsets) + durationSecondsOf(plan) * 1000 + longestDeadlineMs + marginMs;
  try {
    const ending = Promise.all(sessions.map(({ done }) => done));
    const summaries = await trouble.orRaised(ending, allowedMs, 'end');
    const figures = sessions.flatMap(({ record }, index) => {
      const offset = offsets[index];
      return offset === undefined ? [] : [record.toFigures(offset)];
    });
    return sumUp(summaries, figures);
  } finally {
    await disband(crew);
  }
}

async function disband({ fleet, trouble }: Crew): Promise<void> {
  trouble.end();
  await fleet.stop();
}

/** Seconds of another machine's cores say nothing about who used this one's. */
function cpuSecondsOf(sessions: readonly GeneratorSession[], bootId: string | null): number | null {
  if (bootId === null || sessions.some(({ record }) => record.bootId !== bootId)) return null;
  return sessions.reduce((sum, { record }) => sum + record.cpuSeconds, 0);
}
