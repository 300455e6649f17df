import { type RemoteSeries, toLabelPairs } from '../core/remote-write.ts';

/** Series that wait to be sent, oldest first, with a limit. All figures count samples. */
export interface RemoteWriteQueue {
  /** Adds series; returns how many samples, the oldest, had to go for them. */
  add(series: readonly RemoteSeries[]): number;
  /** Takes the oldest ones for one request, the samples of one series together. */
  take(): RemoteSeries[];
  samples(): number;
  /** Drops everything; returns how many samples that were. */
  clear(): number;
}

export function createRemoteWriteQueue(limit: number, perRequest: number): RemoteWriteQueue {
  const waiting: RemoteSeries[] = [];
  let samples = 0;
  /** As many as it takes for that many samples, or all. */
  const removeOldest = (wanted: number): RemoteSeries[] => {
    let removed = 0;
    const last = waiting.findIndex((series) => (removed += series.samples.length) >= wanted);
    const oldest = waiting.splice(0, last < 0 ? waiting.length : last + 1);
    samples -= samplesIn(oldest);
    return oldest;
  };
  return {
    add: (series) => {
      waiting.push(...series);
      samples += samplesIn(series);
      return samples <= limit ? 0 : samplesIn(removeOldest(samples - limit));
    },
    take: () => joined(removeOldest(perRequest)),
    samples: () => samples,
    clear: () => samplesIn(removeOldest(Infinity)),
  };
}

export function samplesIn(series: readonly RemoteSeries[]): number {
  return series.reduce((sum, { samples }) => sum + samples.length, 0);
}

/** Each series once: a receiver may expect that of a request, and the labels are the longest part of it. */
function joined(series: readonly RemoteSeries[]): RemoteSeries[] {
  const byLabels = new Map<
    string,
    { labels: RemoteSeries['labels']; samples: RemoteSeries['samples'][number][] }
  >();
  for (const { labels, samples } of series) {
    const key = JSON.stringify(toLabelPairs(labels));
    const same = byLabels.get(key);
    if (same === undefined) byLabels.set(key, { labels, samples: [...samples] });
    else same.samples.push(...samples);
  }
  return [...byLabels.values()];
}
