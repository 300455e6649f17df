import { Counter } from 'k6/metrics';
import { baseUrl } from './environment.js';
import { get } from './load.js';
import { abort, textOf } from './service.js';

/** Successful readings by phase: a threshold about a reading says nothing when nothing was read. */
const readings = new Counter('monitor_readings');

/**
 * One virtual user that looks at the service once a second, beside the load.
 * @param {string} exec name of the exported function, which sleeps for a second
 * @param {{ startTime: string, duration: string }} span
 * @returns {import('k6/options').Scenario}
 */
export function watching(exec, span) {
  return { executor: 'constant-vus', exec, vus: 1, ...span, gracefulStop: '5s' };
}

/**
 * Reads /metrics once, and adds each of these metrics, summed over its labels, to what it is recorded by.
 * @param {string} phase
 * @param {Record<string, { add(value: number, tags: { phase: string }): void }>} recorders by name of the metric
 */
export function record(phase, recorders) {
  const text = look('/metrics', phase);
  if (text === null) return;
  for (const [name, recorder] of Object.entries(recorders)) {
    const values = [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))];
    if (values.length === 0) abort(`${baseUrl}/metrics has no ${name}`);
    recorder.add(
      values.reduce((sum, [, value]) => sum + Number(value), 0),
      { phase },
    );
  }
  readings.add(1, { phase });
}

/**
 * Which replica answers, and for how long it has been running; null when none does.
 * @param {string} phase
 */
export function readReplica(phase) {
  const text = look('/', phase);
  if (text === null) return null;
  readings.add(1, { phase });
  return /** @type {{ replica: string, uptimeSeconds: number }} */ (JSON.parse(text));
}

/**
 * @param {string} path
 * @param {string} phase
 */
function look(path, phase) {
  const response = get('monitor', path, phase);
  return response.status === 200 ? textOf(response) : null;
}
