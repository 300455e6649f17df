import type { Trigger } from '../core/scenario.ts';
import type { System } from '../targets/target.ts';
import type { HttpClient } from './instruments.ts';

const controlTimeoutMs = 2000;
/** The behaviour ends by itself this long after its end was due, should the lab not be there to end it. */
const safetySeconds = 5;

/**
 * Does what the trigger says; resolves when it is done, but does not wait for new replicas to be ready: one that cannot
 * be started rejects `system.failed`.
 */
export async function switchOn(
  trigger: Trigger,
  seed: number,
  system: System,
  http: HttpClient,
  signal: AbortSignal,
): Promise<void> {
  if (trigger.behaviour !== undefined) {
    const ttlMs = Math.round((trigger.durationSeconds + safetySeconds) * 1000);
    const body = { ...trigger.behaviour, ttlMs, seed };
    await eachDownstream(system, (url, token) =>
      http.request('PUT', url, { body, token, timeoutMs: controlTimeoutMs, signal }),
    );
  }
  if (trigger.fault !== undefined) {
    const { edge, ...fault } = trigger.fault;
    await system.disturb(edge, fault);
  }
  if (trigger.replicas !== undefined) void system.scale(trigger.replicas).catch(() => undefined);
}

/** Replicas that were added stay. */
export async function switchOff(
  trigger: Trigger,
  system: System,
  http: HttpClient,
  signal: AbortSignal,
): Promise<void> {
  if (trigger.behaviour !== undefined)
    await eachDownstream(system, (url, token) =>
      http.request('DELETE', url, { token, timeoutMs: controlTimeoutMs, signal }),
    );
  if (trigger.fault !== undefined) await system.disturb(trigger.fault.edge, null);
}

async function eachDownstream(
  system: System,
  act: (url: string, token: string | undefined) => Promise<string>,
): Promise<void> {
  await Promise.all(
    system.downstreams.map(({ controlUrl, controlToken }) => act(`${controlUrl}/behaviour`, controlToken)),
  );
}
