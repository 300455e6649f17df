import type { Static, TObject } from 'typebox';
import type { Candidate, Release } from './behaviours/behaviour.ts';
import type { Board, InForce } from './board.ts';
import type { Endpoint } from './endpoints/endpoint.ts';
import { ServiceError } from './errors.ts';
import type { Clock } from './kernel/clock.ts';
import { countRejection } from './tally.ts';
import type { Tally } from './tally.ts';

export interface WorkPorts {
  readonly board: Board;
  readonly clock: Clock;
  readonly tally: Tally;
}

/** How the route ends the request: with the answer, without one, or in the middle of it. */
export type Ending = 'answer' | 'reset' | 'truncated';

export interface WorkDone {
  /** One sentence of the endpoint. */
  readonly did: string;
  /** Time in the queue for a slot. */
  readonly queuedMs: number;
  /** All time, queue included. */
  readonly durationMs: number;
  readonly behaviourActive: boolean;
  readonly ending: Ending;
}

/**
 * Serves one request: waits for a slot, runs the endpoint under the behaviour in force, draws the failure, and gives
 * the slot back in every case. Rejects with a `ServiceError`, or with the signal's reason when the client leaves; under
 * a behaviour that finishes such work it goes on and resolves, with nobody there to read it.
 */
export async function performWork<Parameters extends TObject>(
  endpoint: Endpoint<Parameters>,
  parameters: Static<Parameters>,
  signal: AbortSignal,
  ports: WorkPorts,
): Promise<WorkDone> {
  const { clock, tally } = ports;
  const startedMs = clock.monotonicMs();
  const { inForce, releases } = await admit(ports, { signal, arrivedMs: startedMs });
  try {
    const admittedMs = clock.monotonicMs();
    const untilStopped = inForce.effects.some((effect) => effect.finishesCancelled)
      ? new AbortController().signal
      : signal;
    const did = await endpoint.run(parameters, {
      signal: untilStopped,
      ports: {
        random: inForce.random(endpoint.name),
        failuresAreSet: inForce.effects.some((effect) => effect.failure !== undefined),
        wait: (askedMs) => wait(inForce, askedMs, untilStopped, clock),
      },
    });
    if (signal.aborted) tally.wastedWork += 1;
    const ending = await drawEnding(inForce, untilStopped, tally);
    return {
      did,
      queuedMs: roundMs(admittedMs - startedMs),
      durationMs: roundMs(clock.monotonicMs() - startedMs),
      behaviourActive: inForce.isSet,
      ending,
    };
  } finally {
    for (const release of releases) release();
  }
}

/** A behaviour that ends lets go of its queue; the request then asks again under what is in force by now. */
async function admit({ board, tally }: WorkPorts, candidate: Candidate) {
  for (;;) {
    const inForce = board.current();
    const releases: Release[] = [];
    try {
      if (await takePlaces(inForce, candidate, releases)) return { inForce, releases };
    } catch (error) {
      for (const release of releases) release();
      countRejection(tally, error);
      throw error;
    }
    for (const release of releases) release();
  }
}

async function takePlaces(inForce: InForce, candidate: Candidate, releases: Release[]): Promise<boolean> {
  for (const effect of inForce.effects) {
    const admission = await effect.admit?.(candidate);
    if (admission === 'ended') return false;
    if (admission !== undefined) releases.push(admission);
  }
  return true;
}

async function wait(inForce: InForce, askedMs: number, signal: AbortSignal, clock: Clock): Promise<number> {
  const decidedMs = inForce.effects.reduce(
    (delayMs, effect) => effect.delayMs?.(delayMs) ?? delayMs,
    askedMs,
  );
  if (decidedMs > 0) await clock.sleep(decidedMs, signal);
  return roundMs(decidedMs);
}

async function drawEnding(inForce: InForce, signal: AbortSignal, tally: Tally): Promise<Ending> {
  for (const effect of inForce.effects) {
    const kind = effect.failure?.();
    if (kind === undefined) continue;
    tally.failures[kind] += 1;
    if (kind === 'error') {
      throw new ServiceError('drawn-failure', { detail: 'Drawn by the behaviour that is set.' });
    }
    if (kind !== 'hang') return kind;
    await effect.hang?.(signal);
  }
  return 'answer';
}

function roundMs(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
