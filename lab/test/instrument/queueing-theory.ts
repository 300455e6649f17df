import { createRandom, drawExponential } from '../../src/core/random.ts';

/** Probability that a request of an M/M/c queue must wait (Erlang C, 1917), by the recursion of Erlang B. */
export function waitProbability(servers: number, offeredLoad: number): number {
  let blocked = 1;
  for (let count = 1; count <= servers; count += 1) {
    blocked = (offeredLoad * blocked) / (count + offeredLoad * blocked);
  }
  const utilisation = offeredLoad / servers;
  return blocked / (1 - utilisation + utilisation * blocked);
}

/** Mean wait in the queue of an M/M/c, in ms. */
export function meanWaitMs(servers: number, arrivalsPerMs: number, meanServiceMs: number): number {
  const offeredLoad = arrivalsPerMs * meanServiceMs;
  return (waitProbability(servers, offeredLoad) * meanServiceMs) / (servers - offeredLoad);
}

/** Mean wait of exactly these requests in a first-come-first-served queue (Kiefer and Wolfowitz, 1955). */
export function exactMeanWaitMs(
  servers: number,
  arrivalsMs: ArrayLike<number>,
  serviceTimesMs: ArrayLike<number>,
): number {
  const freeAtMs = Array.from({ length: servers }, () => 0);
  let waitedMs = 0;
  for (let index = 0; index < arrivalsMs.length; index += 1) {
    const arrivalMs = arrivalsMs[index] ?? 0;
    const earliestMs = Math.min(...freeAtMs);
    const startMs = Math.max(arrivalMs, earliestMs);
    waitedMs += startMs - arrivalMs;
    freeAtMs[freeAtMs.indexOf(earliestMs)] = startMs + (serviceTimesMs[index] ?? 0);
  }
  return waitedMs / arrivalsMs.length;
}

export function drawServiceTimesMs(seed: number, count: number, meanMs: number): number[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => drawExponential(random, meanMs));
}
