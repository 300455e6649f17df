import type { LoadSecond } from '../../core/events.ts';
import type { Generator } from '../../core/generators.ts';
import { GeneratorLost, type LoadSummary } from '../driver.ts';
import type { PlanMessage } from '../embedded/protocol.ts';
import { measureOffset, type ClockOffset } from './clock-offset.ts';
import { GeneratorRecord } from './generator-record.ts';
import type { ClockReading, GeneratorMessage, GeneratorOrder } from './protocol.ts';
import type { Trouble } from './trouble.ts';

export interface SessionOptions {
  readonly generator: Generator;
  readonly measuredFromSecond: number;
  readonly onSecond: (second: LoadSecond) => void;
  readonly trouble: Trouble;
}

/** The lab's side of the talk with one generator. */
export class GeneratorSession {
  readonly record: GeneratorRecord;
  /** Never rejects: what goes wrong is raised. */
  readonly done: Promise<LoadSummary>;
  readonly #options: SessionOptions;
  readonly #readings = new Map<number, (reading: ClockReading) => void>();
  #lastId = 0;
  #onPrepared: () => void = () => undefined;
  #onDone: (summary: LoadSummary) => void = () => undefined;

  constructor(options: SessionOptions) {
    const { generator, measuredFromSecond } = options;
    this.#options = options;
    this.record = new GeneratorRecord(generator.name, measuredFromSecond);
    this.done = new Promise((resolve) => {
      this.#onDone = resolve;
    });
    generator.listen((line) => this.#hear(line));
    void this.#watch();
  }

  prepare(message: PlanMessage): Promise<void> {
    return new Promise((resolve) => {
      this.#onPrepared = resolve;
      this.#tell(message);
    });
  }

  readOffset(ourMonotonicMs: () => number, readings: number): Promise<ClockOffset> {
    const readTheirsMs = async (): Promise<number> => (await this.#readClock()).monotonicMs;
    return measureOffset({ readTheirsMs, ourMonotonicMs, readings });
  }

  /** On the generator's own clock. */
  start(startMonotonicMs: number): void {
    this.#tell({ type: 'start', startMonotonicMs });
  }

  async #watch(): Promise<void> {
    const { generator, trouble } = this.#options;
    const how = await generator.ended;
    if (this.record.summary !== null || trouble.isOver) return;
    trouble.raise(new GeneratorLost(`generator ${generator.name} ended before its plan did (${how})`));
  }

  #readClock(): Promise<ClockReading> {
    const id = (this.#lastId += 1);
    return new Promise((resolve) => {
      this.#readings.set(id, resolve);
      this.#tell({ type: 'clock', id });
    });
  }

  #tell(order: GeneratorOrder): void {
    this.#options.generator.tell(JSON.stringify(order));
  }

  #hear(line: string): void {
    const { generator, trouble } = this.#options;
    const message = parseMessage(line);
    if (message === null || trouble.isOver) return;
    try {
      if (message.type === 'failed')
        trouble.raise(new Error(`generator ${generator.name} failed: ${message.reason}`));
      else this.#take(message);
    } catch (error) {
      trouble.raise(error);
    }
  }

  #take(message: Exclude<GeneratorMessage, { type: 'failed' }>): void {
    const { record } = this;
    if (message.type === 'clock') {
      Object.assign(record, { bootId: message.bootId, cpuSeconds: message.cpuSeconds });
      this.#readings.get(message.id)?.(message);
      this.#readings.delete(message.id);
    } else if (message.type === 'prepared') this.#onPrepared();
    else if (message.type === 'second') {
      record.cpuSeconds = message.cpuSeconds;
      record.add(message.second);
      this.#options.onSecond(message.second);
    } else {
      record.summary = message.summary;
      record.cpuSeconds = message.summary.cpuSeconds;
      this.#onDone(message.summary);
    }
  }
}

/** What carries the lines may print words of its own beside them. */
function parseMessage(line: string): GeneratorMessage | null {
  try {
    return line.startsWith('{') ? (JSON.parse(line) as GeneratorMessage) : null;
  } catch {
    return null;
  }
}
