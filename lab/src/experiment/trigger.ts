import type { Trigger } from '../core/scenario.ts';
import type { System } from '../targets/target.ts';
import type { HttpClient } from './instruments.ts';

const controlTimeoutMs = 2000;
/** The behaviour ends by itself this long after its end was due, should the lab not be there to end it. */
const safetySeconds = 5;

/** Makes every downstream behave as the trigger says. */
export async function switchOn(
  trigger: Trigger,
  seed: number,
  system: System,
  http: HttpClient,
  signal: AbortSignal,
) {
  const body = {
    ...trigger.behaviour,
    ttlMs: Math.round((trigger.durationSeconds + safetySeconds) * 1000),
    seed,
  };
  await eachDownstream(system, (url) =>
    http.request('PUT', url, { body, timeoutMs: controlTimeoutMs, signal }),
  );
}

export async function switchOff(system: System, http: HttpClient, signal: AbortSignal): Promise<void> {
  await eachDownstream(system, (url) => http.request('DELETE', url, { timeoutMs: controlTimeoutMs, signal }));
}

async function eachDownstream(system: System, act: (url: string) => Promise<string>): Promise<void> {
  await Promise.all(system.downstreams.map((replica) => act(`${replica.controlUrl}/behaviour`)));
}
