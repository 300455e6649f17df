import { describe, expect, it } from 'vitest';
import { armEvents, sampleArms, sampleRun } from '../../test/fixtures/sample-run.ts';
import { tasks } from '../../test/fixtures/sample-seconds.ts';
import type { LabEvent } from '../core/events.ts';
import type { RemoteSeries } from '../core/remote-write.ts';
import { createRemoteWriteFold } from './remote-write.ts';

const startMs = 1_764_065_479_000;
const endMs = startMs + 20_000;

/** A fold whose arm starts its load at `startMs` and ends at `endMs`, with what it gave so far. */
function foldOver(events: readonly LabEvent[]) {
  let nowMs = startMs;
  const fold = createRemoteWriteFold(() => nowMs);
  const series: RemoteSeries[] = [];
  const feed = (event: LabEvent) => {
    if (event.type === 'arm-finished') nowMs = endMs;
    series.push(...fold.seriesOf(event));
  };
  events.forEach(feed);
  return { fold, feed, series };
}

/** Samples of all series that have these labels, as pairs of seconds since the start and value. */
function samplesOf(series: readonly RemoteSeries[], labels: Readonly<Record<string, string>>) {
  return series
    .filter((each) => Object.entries(labels).every(([name, value]) => each.labels[name] === value))
    .flatMap(({ samples }) =>
      samples.map(({ timestampMs, value }) => [(timestampMs - startMs) / 1000, value] as const),
    );
}

const oneArm = sampleArms.slice(3);
const run = sampleRun(oneArm);
const untilLoad = run.slice(0, 3);
const goodTasks = { __name__: 'lab_load_requests_total', route: tasks, outcome: 'good' };

const sample = (atSecond: number, metrics: Readonly<Record<string, number>> | null): LabEvent => ({
  type: 'sample',
  scenario: 'cascade-failure',
  arm: 'protected',
  attempt: 1,
  sample: { service: 'backend', replica: 'backend-1', atSecond, metrics },
});

describe('the series of a run', () => {
  it('have counters that add up, from zero, and end when the arm does', () => {
    const { series } = foldOver(run);
    const samples = samplesOf(series, goodTasks);
    expect(samples.slice(0, 4)).toEqual([
      [0, 0],
      [1, 80],
      [2, 160],
      [3, 240],
    ]);
    expect(samples.slice(-2)).toEqual([
      [19, 19 * 80],
      [20, Number.NaN],
    ]);
  });

  it('all end with a stale marker but for the verdict', () => {
    const last = new Map<string, number>();
    for (const { labels, samples } of foldOver(run).series)
      last.set(JSON.stringify(labels), samples.at(-1)?.value ?? 0);
    const unmarked = [...last].filter(([, value]) => !Number.isNaN(value)).map(([labels]) => labels);
    expect(unmarked).toEqual([expect.stringContaining('"__name__":"lab_arm_verdict"')]);
    expect(unmarked[0]).toContain('"verdict":"FIXED"');
    expect(last.size).toBeGreaterThan(20);
  });

  it('go forward in time only', () => {
    const { series } = foldOver(run);
    const last = new Map<string, number>();
    for (const { labels, samples } of series) {
      for (const { timestampMs } of samples) {
        const key = JSON.stringify(labels);
        expect(timestampMs).toBeGreaterThan(last.get(key) ?? 0);
        last.set(key, timestampMs);
      }
    }
  });

  it('begin anew with a second attempt, whose label tells them apart', () => {
    const [arm] = oneArm;
    if (arm === undefined) throw new Error('the sample has no arm');
    const { series } = foldOver([
      ...run.slice(0, 1),
      ...armEvents('cascade-failure', arm),
      ...armEvents('cascade-failure', arm, 2),
    ]);
    expect(
      samplesOf(series, { ...goodTasks, attempt: '2' })
        .map(([, value]) => value)
        .slice(0, 2),
    ).toEqual([0, 80]);
  });

  it('of a replica end where it cannot be scraped, and go on afterwards', () => {
    const { series } = foldOver([
      ...untilLoad,
      sample(1, { a: 5 }),
      sample(2, null),
      sample(3, null),
      sample(4, { a: 6 }),
    ]);
    expect(samplesOf(series, { __name__: 'a' })).toEqual([
      [1, 5],
      [2, Number.NaN],
      [4, 6],
    ]);
    expect(samplesOf(series, { __name__: 'up' }).map(([, value]) => value)).toEqual([1, 0, 0, 1]);
  });

  it('end where a scrape no longer names them', () => {
    const { series } = foldOver([...untilLoad, sample(1, { a: 5, b: 1 }), sample(2, { b: 2 })]);
    expect(samplesOf(series, { __name__: 'a' })).toEqual([
      [1, 5],
      [2, Number.NaN],
    ]);
  });

  it('leave out a scrape that was answered after a later one', () => {
    const { series } = foldOver([...untilLoad, sample(2, { a: 5 }), sample(1, null)]);
    expect(samplesOf(series, { job: 'backend' }).map(([second]) => second)).toEqual([2, 2]);
  });

  it('can be ended before their arm is, once', () => {
    const { fold } = foldOver([...untilLoad, sample(1, { a: 5 })]);
    expect(samplesOf(fold.end(), { __name__: 'a' })).toEqual([[1.001, Number.NaN]]);
    expect(fold.end()).toEqual([]);
  });
});
