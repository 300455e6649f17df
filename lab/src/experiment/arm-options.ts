import type { Measured } from '../core/claims.ts';
import type { ArmResult } from '../core/document.ts';
import type { EventListener } from '../core/events.ts';
import type { Arm, Scenario } from '../core/scenario.ts';
import type { Driver } from '../drivers/driver.ts';
import type { Target } from '../targets/target.ts';
import type { Clock, HttpClient, Machine } from './instruments.ts';

/** Everything that an arm is run with; nothing of it is reached for from outside. */
export interface ArmOptions {
  readonly scenario: Scenario;
  readonly armName: string;
  readonly arm: Arm;
  readonly attempt: number;
  /** No retry follows: an INCONCLUSIVE result then says what to change on this machine. */
  readonly isLastAttempt: boolean;
  readonly seed: number;
  /** False: the A/A control. The trigger is never switched on, and NOT DEMONSTRATED is what must come out. */
  readonly withTrigger: boolean;
  readonly target: Target;
  readonly driver: Driver;
  readonly clock: Clock;
  readonly machine: Machine;
  readonly http: HttpClient;
  readonly signal: AbortSignal;
  readonly logFolder: string;
  readonly emit: EventListener;
  /** What arms that ran before have measured, for claims relative to them; only of valid ones. */
  readonly ofArm: (arm: string) => Measured | undefined;
}

export interface ArmOutcome {
  readonly result: ArmResult;
  readonly measured: Measured;
  /** Not to be tried again, although it is INCONCLUSIVE: it ended in a way that somebody has to see. */
  readonly isFinal: boolean;
}
