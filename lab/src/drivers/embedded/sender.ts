import { performance } from 'node:perf_hooks';
import { toOutcome, type Outcome } from '../../core/outcome.ts';
import { durationSecondsOf, type LoadPlan, type Route, type Schedule } from '../../core/plan.ts';
import type { LoadSecond } from '../../core/events.ts';
import type { LoadSummary } from '../driver.ts';
import type { AnswerListener, Client, Exchange } from './client.ts';
import { DeadlineQueue } from './deadline-queue.ts';
import { Recorder } from './recorder.ts';
import { createRequestWriter } from './request-message.ts';

export interface SenderOptions {
  readonly plan: LoadPlan;
  readonly schedule: Schedule;
  readonly client: Client;
  /** Value of the header `Host`. */
  readonly host: string;
  /** Intended start of the plan on the clock of `performance.now()`. */
  readonly startMs: number;
  readonly onSecond: (second: LoadSecond) => void;
}

/** Longest sleep of the sender, in ms. */
const longestSleepMs = 50;

/**
 * Sends every request of a plan at its intended start, whatever the answers do. A timer of 1 ms fires all that is due
 * (measured on Node 20: a timer for each request is up to 77 ms late at 3000/s, and spinning takes a whole core from the
 * system under load). A late sender shows in `lateness` and, as latency counts from the intended start, in the latency.
 */
export class Sender {
  readonly #options: SenderOptions;
  readonly #recorder: Recorder;
  readonly #lanes: readonly Lane[];
  readonly #durationMs: number;
  readonly #seconds: number;
  #next = 0;
  #inFlight = 0;
  #previousTickMs = 0;
  #secondsEnded = 0;
  #utilisation = performance.eventLoopUtilization();
  #onDone: (() => void) | null = null;

  constructor(options: SenderOptions) {
    this.#options = options;
    const { plan, schedule } = options;
    this.#durationMs = durationSecondsOf(plan) * 1000;
    this.#seconds = Math.ceil(this.#durationMs / 1000 - 1e-9);
    this.#recorder = new Recorder(plan.routes, schedule, this.#seconds, options.onSecond);
    this.#lanes = plan.routes.map((route) => ({
      route,
      toMessage: createRequestWriter(route, options.host),
      waiting: new DeadlineQueue<PlannedRequest>(),
    }));
  }

  /** Resolves when every request has its outcome and every second was handed out. */
  async run(): Promise<Omit<LoadSummary, 'cpuSeconds'>> {
    await new Promise<void>((resolve) => {
      this.#onDone = resolve;
      this.#tick();
    });
    const { lateness, notSent, busiestRatio } = this.#recorder;
    const planned = this.#options.schedule.startsMs.length;
    return {
      planned,
      sent: planned - notSent,
      notSent,
      latenessP99Ms: lateness.totalCount === 0 ? 0 : lateness.getValueAtPercentile(99) / 1000,
      utilisationRatio: busiestRatio,
    };
  }

  #elapsedMs(): number {
    return performance.now() - this.#options.startMs;
  }

  #tick(): void {
    this.#sendDue();
    const nowMs = this.#elapsedMs();
    // Only what was due at the tick before: sockets have been read since, so an answer in time is not missed.
    for (const lane of this.#lanes) this.#expire(lane, this.#previousTickMs);
    this.#previousTickMs = nowMs;
    this.#endSeconds(nowMs);
    const handedOut = this.#recorder.handOut();
    if (this.#recorder.complete) {
      this.#options.client.close();
      this.#onDone?.();
      return;
    }
    setTimeout(() => this.#tick(), handedOut ? 1 : this.#sleepMs());
  }

  /** What falls due meanwhile waits for the next tick, so that a sender beyond its limit still reads the answers. */
  #sendDue(): void {
    const { startsMs, routeIndexes } = this.#options.schedule;
    const dueMs = this.#elapsedMs();
    for (
      let startMs = startsMs[this.#next];
      startMs !== undefined && startMs <= dueMs;
      startMs = startsMs[this.#next]
    ) {
      this.#send(this.#next, startMs, routeIndexes[this.#next] ?? 0);
      this.#next += 1;
    }
  }

  /** A request whose deadline has passed before it could be sent is not sent either: no server is to blame for it. */
  #send(index: number, startMs: number, routeIndex: number): void {
    const nowMs = this.#elapsedMs();
    const lane = this.#lanes[routeIndex];
    if (lane === undefined) throw new RangeError(`no route ${routeIndex}`);
    const { deadlineMs } = lane.route;
    if (this.#inFlight >= this.#options.plan.inFlightLimit || nowMs > startMs + deadlineMs) {
      this.#recorder.recordOutcome(startMs, routeIndex, 'not-sent', deadlineMs);
      return;
    }
    this.#inFlight += 1;
    this.#recorder.recordSent(startMs, nowMs - startMs);
    const request = new PlannedRequest(this, startMs, routeIndex, deadlineMs);
    const place = this.#options.schedule.places?.[index] ?? index;
    request.exchange = this.#options.client.send(lane.toMessage(place), request);
    lane.waiting.push(request);
  }

  #expire(lane: Lane, nowMs: number): void {
    for (let request = lane.waiting.takeExpired(nowMs); request; request = lane.waiting.takeExpired(nowMs)) {
      request.exchange?.leave();
      this.settle(request, 'timeout', request.deadlineMs);
    }
  }

  /** For `PlannedRequest`. */
  answer(request: PlannedRequest, status: number, degraded: boolean): void {
    const latencyMs = this.#elapsedMs() - request.startMs;
    this.settle(request, toOutcome(status, degraded, latencyMs, request.deadlineMs), latencyMs);
  }

  /** For `PlannedRequest`. Without a `latencyMs` the request got no answer and counts at its deadline. */
  settle(request: PlannedRequest, outcome: Outcome, latencyMs = request.deadlineMs): void {
    request.settled = true;
    request.exchange = null;
    this.#inFlight -= 1;
    this.#recorder.recordOutcome(request.startMs, request.routeIndex, outcome, latencyMs);
  }

  #endSeconds(nowMs: number): void {
    while (this.#secondsEnded < this.#seconds && nowMs >= this.#secondEndMs()) {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, this.#utilisation);
      this.#recorder.endSecond(this.#secondsEnded, utilization);
      this.#utilisation = now;
      this.#secondsEnded += 1;
      this.#options.client.closeIdle();
    }
    if (nowMs < 0) this.#utilisation = performance.eventLoopUtilization();
  }

  /** The last second may be shorter than the others. */
  #secondEndMs(): number {
    if (this.#secondsEnded === this.#seconds) return Infinity;
    return Math.min((this.#secondsEnded + 1) * 1000, this.#durationMs);
  }

  /** Until the next send, deadline or end of a second. */
  #sleepMs(): number {
    const { startsMs } = this.#options.schedule;
    let nextMs = Math.min(startsMs[this.#next] ?? Infinity, this.#secondEndMs());
    for (const lane of this.#lanes) nextMs = Math.min(nextMs, lane.waiting.nextDeadlineMs());
    return Math.min(Math.max(nextMs - this.#elapsedMs(), 1), longestSleepMs);
  }
}

interface Lane {
  readonly route: Route;
  readonly toMessage: (index: number) => string;
  readonly waiting: DeadlineQueue<PlannedRequest>;
}

class PlannedRequest implements AnswerListener {
  readonly startMs: number;
  readonly routeIndex: number;
  readonly deadlineMs: number;
  settled = false;
  exchange: Exchange | null = null;
  readonly #sender: Sender;

  constructor(sender: Sender, startMs: number, routeIndex: number, deadlineMs: number) {
    this.#sender = sender;
    this.startMs = startMs;
    this.routeIndex = routeIndex;
    this.deadlineMs = deadlineMs;
  }

  get deadlineAtMs(): number {
    return this.startMs + this.deadlineMs;
  }

  onAnswer(status: number, degraded: boolean): void {
    this.#sender.answer(this, status, degraded);
  }

  onFailure(): void {
    this.#sender.settle(this, 'connection-error');
  }
}
