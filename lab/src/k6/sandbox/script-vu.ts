import { K6Error, k6ExitCodes, OutsideSubsetError } from '../exit-code.ts';
import type { Call, CallResult, Vu } from '../vu.ts';
import { CallState } from './call-state.ts';
import { CallTags } from './call-tags.ts';
import { Engine } from './engine.ts';
import type { NextCall } from './host.ts';
import { createHost } from './host-functions.ts';
import type { HostParts } from './host-parts.ts';
import { HttpClient } from './http-client.ts';
import { ModuleLoader } from './module-loader.ts';
import { describeFailure } from './script-error.ts';
import type { ScriptRun } from './script-run.ts';

const interrupted: CallResult = { outcome: 'interrupted' };

export async function createScriptVu(id: number, run: ScriptRun): Promise<Vu> {
  const vu = new ScriptVu(id, run);
  await vu.load();
  return vu;
}

class ScriptVu implements Vu, HostParts {
  readonly id: number;
  readonly run: ScriptRun;
  readonly client: HttpClient;
  readonly tags = new CallTags();
  exports: ReadonlySet<string> = new Set();
  options = '{}';
  state: CallState;
  nextCall = '';
  systemTags: ReadonlySet<string> = new Set();
  #systemTagNames: readonly string[] = [];
  #engine: Engine | null = null;
  #loader: ModuleLoader;
  #iterations = 0;
  #environment = '{}';

  constructor(id: number, run: ScriptRun) {
    const { clock, scriptPath } = run.options;
    this.id = id;
    this.run = run;
    this.client = new HttpClient(clock);
    this.state = new CallState(clock, null, 0);
    this.#loader = new ModuleLoader(scriptPath, run.sources);
  }

  /** Runs the init code in a new engine. */
  async load(): Promise<Engine> {
    const { run } = this;
    const { clock, scriptPath } = run.options;
    const variant = await run.engine;
    this.#loader = new ModuleLoader(scriptPath, run.sources);
    this.#environment = '{}';
    const init = new CallState(clock, null, 0);
    this.state = init;
    try {
      this.#engine = await Engine.create({
        variant,
        loader: this.#loader,
        host: createHost(this),
        shouldStop: () => this.state.shouldStop(),
      });
    } catch (error) {
      throw init.outside ?? toInitError(error, init);
    }
    if (init.outside !== null) throw init.outside;
    this.#refusePromises(this.#engine);
    this.exports = this.#engine.exports;
    this.options = this.#engine.options;
    return this.#engine;
  }

  /** Rejects with an OutsideSubsetError where the script asks for what this runner lacks, even if the script caught it. */
  async call(call: Call): Promise<CallResult> {
    if (call.signal.aborted) return interrupted;
    const engine = this.#engine ?? (await this.load());
    const state = this.#begin(call);
    const stop = () => this.client.interrupt();
    call.signal.addEventListener('abort', stop);
    try {
      const result = await this.#run(engine);
      // A script that computed too long kept back what would have interrupted it.
      if (state.isStuck) await this.run.options.clock.pause(0, call.signal);
      if (state.outside !== null) throw state.outside;
      if (state.isInterrupted) return interrupted;
      this.#sampleData(state);
      return state.isStuck ? { outcome: 'threw', message: state.stuckMessage } : result;
    } finally {
      call.signal.removeEventListener('abort', stop);
      if (this.run.options.http().noVUConnectionReuse) this.client.closeConnections();
    }
  }

  close(): void {
    this.client.closeConnections();
    // Its memory is a WebAssembly module of its own: it goes when nobody holds it.
    this.#engine = null;
  }

  #begin(call: Call): CallState {
    const { clock, systemTags } = this.run.options;
    const iteration = call.scenario === undefined ? 0 : this.#iterations++;
    this.state = new CallState(clock, call, iteration);
    const names = systemTags();
    if (names !== this.#systemTagNames) {
      this.#systemTagNames = names;
      this.systemTags = new Set(names);
    }
    const system = { vu: String(this.id), iter: String(iteration) };
    this.tags.begin(call.tags, call.scenario?.name, system, this.systemTags);
    this.nextCall = JSON.stringify(this.#toNextCall(call, iteration));
    return this.state;
  }

  #toNextCall(call: Call, iteration: number): NextCall {
    const { environment } = this.run.options;
    const own = JSON.stringify(call.env);
    const isChanged = own !== this.#environment;
    this.#environment = own;
    return {
      name: call.name,
      argumentTexts: call.arguments,
      iteration,
      ...(isChanged ? { env: { ...environment, ...call.env } } : {}),
      wantsValue: call.scenario === undefined && call.name !== 'teardown',
    };
  }

  async #run(engine: Engine): Promise<CallResult> {
    try {
      const result = await engine.call();
      this.#refusePromises(engine);
      return 'failure' in result
        ? { outcome: 'threw', message: describeFailure(result.failure) }
        : { outcome: 'returned', value: result.value };
    } catch (error) {
      if (error instanceof K6Error) throw error;
      // The engine is broken in the middle of a call: the next call gets a new one.
      this.#engine = null;
      return { outcome: 'threw', message: toEngineMessage(error) };
    }
  }

  #refusePromises(engine: Engine): void {
    if (!engine.hasPendingJobs()) return;
    this.#engine = null;
    throw this.promiseError('asynchronous code');
  }

  promiseError(api: string): OutsideSubsetError {
    return new OutsideSubsetError(api, this.#loader.find(/\basync\b|\bawait\b|\bPromise\b|\bimport\s*\(/));
  }

  #sampleData({ sentBytes, receivedBytes }: CallState): void {
    if (sentBytes === 0 && receivedBytes === 0) return;
    const { clock, onSamples } = this.run.options;
    const tags = this.tags.current();
    const timeMs = clock.epochMs();
    onSamples([
      { metric: 'data_sent', value: sentBytes, timeMs, tags },
      { metric: 'data_received', value: receivedBytes, timeMs, tags },
    ]);
  }
}

function toInitError(error: unknown, { aborted, isStuck, stuckMessage }: CallState): K6Error {
  if (aborted !== null) return new K6Error(k6ExitCodes.scriptAborted, aborted || 'test aborted');
  if (isStuck) return new K6Error(k6ExitCodes.scriptException, stuckMessage);
  if (error instanceof K6Error) return error;
  return new K6Error(k6ExitCodes.scriptException, toEngineMessage(error), { cause: error });
}

function toEngineMessage(error: unknown): string {
  // A stack that is full: the thread's (RangeError), or that of a suspended engine (RuntimeError).
  if (error instanceof Error && (error.name === 'RangeError' || error.name === 'RuntimeError'))
    return 'the script nests its calls too deeply for this runner';
  return `the script's engine failed: ${String(error)}`;
}
