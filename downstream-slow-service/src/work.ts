import type { Static, TObject } from 'typebox';
import type { Release } from './behaviours/behaviour.ts';
import type { Board, InForce } from './board.ts';
import type { Endpoint } from './endpoints/endpoint.ts';
import { ServiceError } from './errors.ts';
import type { Clock } from './kernel/clock.ts';

export interface WorkPorts {
  readonly board: Board;
  readonly clock: Clock;
}

export interface WorkDone {
  /** One sentence of the endpoint. */
  readonly did: string;
  /** Time in the queue for a slot. */
  readonly queuedMs: number;
  /** All time, queue included. */
  readonly durationMs: number;
  readonly behaviourActive: boolean;
}

/**
 * Serves one request: waits for a slot, runs the endpoint under the behaviour in force, draws the failure, and gives
 * the slot back in every case. Rejects with a `ServiceError`, or with the signal's reason when the client leaves.
 */
export async function performWork<Parameters extends TObject>(
  endpoint: Endpoint<Parameters>,
  parameters: Static<Parameters>,
  signal: AbortSignal,
  { board, clock }: WorkPorts,
): Promise<WorkDone> {
  const startedMs = clock.monotonicMs();
  const { inForce, releases } = await admit(board, signal);
  try {
    const admittedMs = clock.monotonicMs();
    const fails = inForce.effects.filter((effect) => effect.fails !== undefined);
    const did = await endpoint.run(parameters, {
      signal,
      ports: {
        random: inForce.random(endpoint.name),
        failuresAreSet: fails.length > 0,
        wait: (askedMs) => wait(inForce, askedMs, signal, clock),
      },
    });
    if (fails.some((effect) => effect.fails?.())) {
      throw new ServiceError('drawn-failure', { detail: 'Drawn by the behaviour that is set.' });
    }
    return {
      did,
      queuedMs: roundMs(admittedMs - startedMs),
      durationMs: roundMs(clock.monotonicMs() - startedMs),
      behaviourActive: inForce.isSet,
    };
  } finally {
    for (const release of releases) release();
  }
}

/** A behaviour that ends lets go of its queue; the request then asks again under what is in force by now. */
async function admit(board: Board, signal: AbortSignal) {
  for (;;) {
    const inForce = board.current();
    const releases: Release[] = [];
    try {
      if (await takePlaces(inForce, signal, releases)) return { inForce, releases };
    } catch (error) {
      for (const release of releases) release();
      throw error;
    }
    for (const release of releases) release();
  }
}

async function takePlaces(inForce: InForce, signal: AbortSignal, releases: Release[]): Promise<boolean> {
  for (const effect of inForce.effects) {
    const admission = await effect.admit?.(signal);
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
  return decidedMs;
}

function roundMs(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
