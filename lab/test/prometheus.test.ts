import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { LabEvent } from '../src/core/events.ts';
import { type RemoteSeries, toLabelPairs } from '../src/core/remote-write.ts';
import { createRemoteWriteFold } from '../src/events/remote-write.ts';
import { createRemoteWriter } from '../src/events/remote-writer.ts';
import { sampleRun } from './fixtures/sample-run.ts';
import { prometheusProgram, startPrometheus } from './prometheus-server.ts';

/** All series of a run that began some minutes ago, as they would have been written while it ran. */
function seriesOf(events: readonly LabEvent[], startMs: number): { series: RemoteSeries[]; endMs: number } {
  let nowMs = startMs;
  let endMs = startMs;
  const { seriesOf: fold } = createRemoteWriteFold(() => nowMs);
  const series = events.flatMap((event) => {
    if (event.type === 'load-second') endMs = nowMs + (event.load.second + 1) * 1000;
    if (event.type === 'arm-finished') nowMs = endMs + 2000;
    return fold(event);
  });
  return { series, endMs: nowMs };
}

/** Every sample that is not a stale marker, as one text for each. */
function linesOf(
  series: readonly { labels: Readonly<Record<string, string>>; samples: RemoteSeries['samples'] }[],
) {
  return series
    .flatMap(({ labels, samples }) => {
      const name = JSON.stringify(toLabelPairs(labels));
      return samples
        .filter(({ value }) => !Number.isNaN(value))
        .map(({ value, timestampMs }) => `${name} ${timestampMs} ${value}`);
    })
    .sort();
}

test('a real Prometheus gives back every sample of a run, and shows no series of an arm that has ended', async (context) => {
  context.skip(prometheusProgram === undefined, 'prometheus is not on PATH');
  const prometheus = await startPrometheus(prometheusProgram ?? '');
  const { series, endMs } = seriesOf(sampleRun(), Date.now() - 240_000);
  const told: string[] = [];
  const writer = createRemoteWriter({
    url: prometheus.writeUrl,
    post: fetch,
    clock: { sleep: (ms, signal) => delay(ms, undefined, { signal }) },
    signal: AbortSignal.timeout(15_000),
    log: (line) => told.push(line),
  });
  writer.push(series);
  expect([await writer.close(), told]).toEqual([{ lostSamples: 0 }, []]);

  const stored = await prometheus.query('{__name__=~".+"}[10m]', endMs + 60_000);
  const found = stored.map(({ metric, values = [] }) => ({
    labels: metric,
    samples: values.map(([seconds, value]) => ({
      timestampMs: Math.round(seconds * 1000),
      value: Number(value),
    })),
  }));
  expect(linesOf(found)).toEqual(linesOf(series));

  const good = 'sum(lab_load_requests_total{arm="protected",outcome="good"})';
  const [whileLast] = await prometheus.query(good, endMs - 2500);
  expect(Number(whileLast?.value?.[1])).toBeGreaterThan(1500);
  expect(await prometheus.query(good, endMs + 1)).toEqual([]);
  const verdicts = await prometheus.query('lab_arm_verdict', endMs + 1);
  expect(verdicts.map(({ metric }) => `${metric['arm']} ${metric['verdict']}`).sort()).toEqual([
    'larger-pool NOT FIXED',
    'protected FIXED',
    'retry NOT FIXED',
    'unprotected DEMONSTRATED',
  ]);
});
