import { readFileSync } from 'node:fs';
import type { QuickJSAsyncVariant } from 'quickjs-emscripten-core';
import type { RunClock } from '../clock.ts';
import type { VuFactoryOptions } from '../vu.ts';
import { loadEngine } from './engine.ts';
import { MetricRegistry } from './metric-registry.ts';
import { pathBeside, type Sources } from './module-loader.ts';
import { SharedArrays } from './shared-arrays.ts';

/** What the VUs of a run have in common. */
export class ScriptRun {
  readonly options: VuFactoryOptions & { readonly clock: RunClock };
  readonly engine: Promise<QuickJSAsyncVariant> = loadEngine();
  readonly sources: Sources = new Map();
  readonly metrics: MetricRegistry;
  readonly arrays = new SharedArrays();
  readonly #files = new Map<string, string>();
  readonly #warned = new Set<string>();
  #optionsText = '';
  #throws = false;

  constructor(options: VuFactoryOptions & { readonly clock: RunClock }) {
    this.options = options;
    this.metrics = new MetricRegistry(options.onMetric);
    // Whoever creates a VU hears of it.
    this.engine.catch(() => undefined);
  }

  /** JSON of `{text}` or `{error}`: a file that open() asks for, read once for all VUs. */
  open(path: string, fromFile: string): string {
    const absolute = pathBeside(fromFile, path);
    let answer = this.#files.get(absolute);
    if (answer === undefined) {
      answer = readAnswer(absolute, path);
      this.#files.set(absolute, answer);
    }
    return answer;
  }

  /** The option `throw`. */
  throws(): boolean {
    const text = this.options.run.options();
    if (text !== this.#optionsText) {
      this.#optionsText = text;
      this.#throws = (JSON.parse(text) as { throw?: unknown }).throw === true;
    }
    return this.#throws;
  }

  /** Says what needs saying once, not once for each VU and request. */
  warnOnce(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.options.onLog('warn', message);
  }
}

function readAnswer(absolute: string, path: string): string {
  try {
    return JSON.stringify({ text: readFileSync(absolute, 'utf8') });
  } catch (error) {
    return JSON.stringify({
      error: `open("${path}"): ${(error as NodeJS.ErrnoException).code ?? String(error)}`,
    });
  }
}
