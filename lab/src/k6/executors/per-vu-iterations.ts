import { formatDuration } from '../duration.ts';
import { constantNeed, type ExecutorDefinition } from './definition.ts';
import { takePlannedVu } from './take-vu.ts';
import { openWindow } from './window.ts';

/** Each VU does the same number of iterations. */
export const perVuIterations: ExecutorDefinition<'per-vu-iterations'> = {
  read: (reader) => ({
    vus: reader.whole('vus', { least: 1, otherwise: 1 }),
    iterations: reader.whole('iterations', { least: 1, otherwise: 1 }),
    maxDurationMs: reader.durationMs('maxDuration', 600_000, 1),
  }),
  show: ({ vus, iterations, maxDurationMs }) => ({
    vus,
    iterations,
    maxDuration: formatDuration(maxDurationMs),
  }),
  describe: ({ vus, iterations, maxDurationMs }) => [
    `${iterations} iterations for each of ${vus} VUs`,
    `maxDuration: ${formatDuration(maxDurationMs)}`,
  ],
  regularMs: ({ maxDurationMs }) => maxDurationMs,
  needs: ({ maxDurationMs, gracefulStopMs, vus }) => constantNeed(maxDurationMs, gracefulStopMs, vus),
  mostVus: ({ vus }) => vus,
  async run({ vus, iterations, maxDurationMs, gracefulStopMs }, context) {
    const window = openWindow(context, maxDurationMs, gracefulStopMs);
    let ended = 0;
    let dropped = 0;
    const work = async () => {
      const vu = await takePlannedVu(context, window.closed);
      let begun = 0;
      if (vu !== null) {
        for (; begun < iterations && window.isOpen(); begun += 1) {
          await context.iterate(vu, window.interrupted);
          ended += 1;
          context.setProgress(ended / (vus * iterations));
        }
        context.releaseVu(vu);
      }
      dropped += iterations - begun;
    };
    await Promise.all(Array.from({ length: vus }, work));
    if (dropped > 0 && !context.signal.aborted) context.drop(dropped);
    window.end();
  },
};
