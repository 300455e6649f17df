import type { LoadSecond } from '../core/events.ts';
import { createHistogram, encodeHistogram, type Histogram, recordMs } from '../core/histogram.ts';
import { createRandom, drawExponential, type Random } from '../core/random.ts';
import { GeneratorRecord } from '../drivers/cluster/generator-record.ts';
import { mergeSeconds } from '../drivers/cluster/merge-seconds.ts';

const counts = [3, 100];
const requestsPerGenerator = 1000;
/** The latencies of the only outcome of one route, and the lateness. */
const histogramsPerLine = 2;
const warmUpMs = 300;
const durationMs = 1000;
const meanLatencyMs = 20;
const meanLatenessMs = 0.5;

export interface MergeCost {
  readonly generators: number;
  readonly requestsPerGenerator: number;
  /** Of one second of one generator, as the line that it sends. */
  readonly bytesPerLine: number;
  /** How many seconds of load the lab reads and merges in one second. */
  readonly secondsMergedPerSecond: number;
  readonly microsecondsPerHistogram: number;
}

/** What it costs the lab to make one second of load of the seconds of several generators. */
export function measureMerge(): readonly MergeCost[] {
  return counts.map((generators) => {
    const random = createRandom(generators);
    const lines = Array.from({ length: generators }, () => JSON.stringify(toSecond(random)));
    const records = lines.map((_, index) => new GeneratorRecord(`load-${index}`, 0));
    const merge = (): LoadSecond => {
      const seconds = lines.map((line) => JSON.parse(line) as LoadSecond);
      for (const [index, second] of seconds.entries()) records[index]?.add(second);
      return mergeSeconds(seconds);
    };
    repeat(merge, warmUpMs);
    const mergedPerSecond = repeat(merge, durationMs);
    return {
      generators,
      requestsPerGenerator,
      bytesPerLine: Math.round(lines.join('').length / generators),
      secondsMergedPerSecond: Number(mergedPerSecond.toPrecision(3)),
      microsecondsPerHistogram: Math.round(1e6 / (mergedPerSecond * generators * histogramsPerLine)),
    };
  });
}

/** How often a second, for so long. */
function repeat(work: () => unknown, forMs: number): number {
  const startedMs = performance.now();
  let times = 0;
  let elapsedMs = 0;
  for (; elapsedMs < forMs; elapsedMs = performance.now() - startedMs) {
    work();
    times += 1;
  }
  return (times * 1000) / elapsedMs;
}

/** One route, answered as a queue answers: latencies that vary. */
function toSecond(random: Random): LoadSecond {
  const good = encodeHistogram(draw(random, meanLatencyMs));
  return {
    second: 0,
    routes: {
      'GET /': {
        offered: requestsPerGenerator,
        outcomes: { good: requestsPerGenerator },
        latencies: { good },
      },
    },
    lateness: encodeHistogram(draw(random, meanLatenessMs)),
    planned: requestsPerGenerator,
    sent: requestsPerGenerator,
    utilisationRatio: 0.1,
  };
}

function draw(random: Random, meanMs: number): Histogram {
  const histogram = createHistogram();
  for (let count = 0; count < requestsPerGenerator; count += 1)
    recordMs(histogram, drawExponential(random, meanMs));
  return histogram;
}
