import { breakerState } from './breaker-state.ts';
import { connectionWaiters } from './connection-waiters.ts';
import { connectionsHeld } from './connections-held.ts';
import { downstreamAttempts } from './downstream-attempts.ts';
import { goodPerSecond } from './good-per-second.ts';
import { goodput } from './goodput.ts';
import { latency } from './latency.ts';
import { loopUtilisation } from './loop-utilisation.ts';
import { memory } from './memory.ts';
import { outcomes } from './outcomes.ts';
import type { Panel } from './panel.ts';
import { readyReplicas } from './ready-replicas.ts';
import { restarts } from './restarts.ts';
import { throttledPeriods } from './throttled-periods.ts';

/** Every panel of this folder, in the order of a report. Written out, since a browser cannot read a folder. */
export const allPanels: readonly Panel[] = [
  goodput,
  goodPerSecond,
  latency,
  outcomes,
  connectionsHeld,
  connectionWaiters,
  downstreamAttempts,
  breakerState,
  loopUtilisation,
  memory,
  throttledPeriods,
  readyReplicas,
  restarts,
];
