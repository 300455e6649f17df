import type { LoadPlan } from '../../core/plan.ts';
import type { Share } from '../../core/plan-share.ts';
import type { LoadSecond } from '../../core/events.ts';
import type { LoadSummary } from '../driver.ts';

/** From the lab to the driver's process, once. When the channel closes, the driver ends at once. */
export interface PlanMessage {
  readonly type: 'plan';
  readonly plan: LoadPlan;
  readonly baseUrl: string;
  /** Absent: all of it. */
  readonly share?: Share;
}

/** From the driver's process: one `ready`, each `second` in order, one `done`; or one `failed` in between. */
export type DriverMessage =
  | { readonly type: 'ready'; readonly startMonotonicMs: number }
  | { readonly type: 'second'; readonly second: LoadSecond; readonly cpuSeconds: number }
  | { readonly type: 'done'; readonly summary: LoadSummary }
  | { readonly type: 'failed'; readonly reason: string };
