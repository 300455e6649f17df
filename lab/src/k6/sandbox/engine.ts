import variant from '@jitl/quickjs-wasmfile-release-asyncify';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import {
  newQuickJSAsyncWASMModuleFromVariant,
  newVariant,
  type QuickJSAsyncContext,
  type QuickJSAsyncVariant,
  type QuickJSHandle,
} from 'quickjs-emscripten-core';
import { K6Error, k6ExitCodes, OutsideSubsetError } from '../exit-code.ts';
import { engineStackBytes, suspendedStackBytes } from './engine-stack.ts';
import type { ScriptHost } from './host.ts';
import type { ModuleLoader } from './module-loader.ts';
import { describeFailure, placeOf, readFailure, type ScriptFailure } from './script-error.ts';

/** Host functions that wait: the engine is suspended meanwhile, so they answer later. */
type Waits = 'exchange' | 'sleep';
const waits: ReadonlySet<string> = new Set<Waits>(['exchange', 'sleep']);

export type HostFunctions = {
  readonly [Name in keyof ScriptHost]: Name extends Waits
    ? (...args: Parameters<ScriptHost[Name]>) => Promise<ReturnType<ScriptHost[Name]>>
    : ScriptHost[Name];
};

export interface EngineOptions {
  /** Of `loadEngine`. */
  readonly variant: QuickJSAsyncVariant;
  readonly loader: ModuleLoader;
  readonly host: HostFunctions;
  /** Asked while the script computes; true stops it. */
  readonly shouldStop: () => boolean;
}

// Neither Node's types nor the language's have it.
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<object> };

/** Compiles the engine, once for all VUs. */
export async function loadEngine(): Promise<QuickJSAsyncVariant> {
  const path = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-asyncify/wasm');
  const wasmModule = await WebAssembly.compile(await readFile(path));
  // What ends an engine is thrown as well; nothing of it belongs on the terminal.
  // Its types are those of CommonJS, where this would be the module.
  const base = variant as unknown as QuickJSAsyncVariant;
  return newVariant(base, { wasmModule, emscriptenModule: quiet });
}

/** Emscripten's own names for where it writes. */
const quiet: object = { print: () => undefined, printErr: () => undefined };

/** A script in a QuickJS of its own, its init code run. */
export class Engine {
  readonly exports: ReadonlySet<string>;
  /** JSON of the exported `options`. */
  readonly options: string;
  readonly #context: QuickJSAsyncContext;

  private constructor(context: QuickJSAsyncContext, bound: { names: string[]; options: string }) {
    this.#context = context;
    this.exports = new Set(bound.names);
    this.options = bound.options;
  }

  /** Rejects with a K6Error that says what is wrong with the script, and where. */
  static async create({ variant, loader, host, shouldStop }: EngineOptions): Promise<Engine> {
    const source = loader.script();
    const quickjs = await newQuickJSAsyncWASMModuleFromVariant(variant);
    const context = quickjs.newContext();
    const { runtime } = context;
    runtime.setInterruptHandler(shouldStop);
    runtime.setModuleLoader(
      (name) => loader.load(name),
      (importer: string, name: string) => loader.normalize(importer, name),
    );
    exposeHost(context, host);
    const own = evaluate(context, loader, loader.load('k6:script'), 'k6:script');
    const script = evaluate(context, loader, source, loader.scriptName);
    if (context.getPromiseState(script).type === 'pending')
      throw new OutsideSubsetError('top-level await', loader.find(/\bawait\b/));
    const bound = context
      .getProp(own, 'bind')
      .consume((bind) => context.callFunction(bind, context.undefined, script));
    if (bound.error !== undefined) throw toLoadError(readFailure(context, bound.error));
    runtime.setMaxStackSize(engineStackBytes());
    // Setting a runtime's limit sets this room too, to the same, for all of the module: so the last one to be set counts.
    quickjs.newRuntime({ maxStackSizeBytes: suspendedStackBytes() }).dispose();
    return new Engine(context, JSON.parse(bound.value.consume((text) => context.getString(text))));
  }

  /** Makes the call that the host has ready. Rejects when the engine is broken and has to be given up. */
  async call(): Promise<{ readonly value: string | undefined } | { readonly failure: ScriptFailure }> {
    const context = this.#context;
    const result = await context.evalCodeAsync('__call()', 'k6:call');
    if (result.error !== undefined) return { failure: readFailure(context, result.error) };
    return result.value.consume((handle) => ({
      value: context.typeof(handle) === 'string' ? context.getString(handle) : undefined,
    }));
  }

  /** The script has made promises, whose callbacks nobody will call. */
  hasPendingJobs(): boolean {
    return this.#context.runtime.hasPendingJob();
  }
}

function evaluate(
  context: QuickJSAsyncContext,
  loader: ModuleLoader,
  source: string,
  name: string,
): QuickJSHandle {
  const result = context.evalCode(source, name, { type: 'module' });
  if (result.error === undefined) return result.value;
  const failure = readFailure(context, result.error);
  throw loader.refusal ?? loader.missingExport(failure.message) ?? toLoadError(failure);
}

function toLoadError(failure: ScriptFailure): K6Error {
  const place = placeOf(failure);
  const isSyntax = failure.name === 'SyntaxError' && place !== undefined;
  return new K6Error(
    k6ExitCodes.scriptException,
    isSyntax ? `${place}: ${failure.name}: ${failure.message}` : describeFailure(failure),
  );
}

function exposeHost(context: QuickJSAsyncContext, host: HostFunctions): void {
  const border = context.newObject();
  for (const [name, implementation] of Object.entries(host)) {
    const run = implementation as (...args: unknown[]) => unknown;
    const read = (handles: QuickJSHandle[]) => handles.map((handle) => context.dump(handle) as unknown);
    const made = waits.has(name)
      ? context.newAsyncifiedFunction(name, async (...args) => toHandle(context, await run(...read(args))))
      : context.newFunction(name, (...args) => toHandle(context, run(...read(args))));
    made.consume((handle) => context.setProp(border, name, handle));
  }
  border.consume((handle) => context.setProp(context.global, '__host', handle));
}

function toHandle(context: QuickJSAsyncContext, value: unknown): QuickJSHandle {
  if (typeof value === 'string') return context.newString(value);
  if (typeof value === 'number') return context.newNumber(value);
  if (typeof value === 'boolean') return value ? context.true : context.false;
  return context.undefined;
}
