import { OutsideSubsetError } from '../exit-code.ts';
import type { Sample } from '../metric.ts';
import { sendBatch } from './batch.ts';
import type { HostFunctions } from './engine.ts';
import { viewOf } from './execution-view.ts';
import type { HostParts } from './host-parts.ts';
import { exchangeForScript } from './script-exchange.ts';
import type { ScriptRequest } from './script-request.ts';

export function createHost(vu: HostParts): HostFunctions {
  const { run, tags } = vu;
  const { clock, environment, onLog, onSamples, run: view } = run.options;
  const sample = (metric: string, value: number, own: Sample['tags']) => {
    if (!vu.state.isInterrupted) onSamples([{ metric, value, timeMs: clock.epochMs(), tags: own }]);
  };
  const groupStartsMs: number[] = [];
  return {
    isInit: () => vu.state.call === null,
    vuId: () => vu.id,
    environment: () => JSON.stringify(environment),
    nextCall: () => {
      groupStartsMs.length = 0;
      return vu.nextCall;
    },
    open: (path, fromFile) => run.open(path, fromFile),
    log: (level, message) => onLog(level, message),
    outside: (api, place) => {
      vu.state.outside ??= new OutsideSubsetError(api, place);
    },
    refusePromise: (api) => {
      vu.state.outside ??= vu.promiseError(api);
    },

    exchange: (text) =>
      waiting(vu, async () => {
        const requests = JSON.parse(text) as ScriptRequest[];
        return JSON.stringify(await sendBatch(requests, (request) => exchangeForScript(request, vu)));
      }),
    sleep: (seconds) =>
      waiting(vu, async () => {
        const { call } = vu.state;
        if (seconds > 0 && call !== null) await clock.pause(seconds * 1000, call.signal);
      }),

    check: (name, passed, own) =>
      sample('checks', passed ? 1 : 0, tags.with(own, vu.systemTags.has('check') ? { check: name } : {})),
    enterGroup: (name) => {
      tags.enterGroup(name);
      groupStartsMs.push(clock.nowMs());
    },
    leaveGroup: () => {
      const startMs = groupStartsMs.pop();
      if (startMs !== undefined) sample('group_duration', clock.nowMs() - startMs, tags.current());
      tags.leaveGroup();
    },
    declareMetric: (name, type, isTime) => run.metrics.declare(name, type, isTime),
    add: (metric, value, own) => {
      const isRate = run.metrics.typeOf(metric) === 'rate';
      sample(metric, isRate && value !== 0 ? 1 : value, tags.with(own));
    },
    refuseValue: (metric, value) => {
      const message = `${value} is no value for the metric ${metric}: legal are numbers and booleans`;
      if (run.throws()) throw new Error(message);
      onLog('warn', message);
    },

    sharedLength: (name) => run.arrays.length(name),
    sharedElement: (name, index) => run.arrays.element(name, index),
    share: (name, elements) => run.arrays.share(name, elements),

    view: (name) => JSON.stringify(viewOf(name, vu.id, vu.state, view)) ?? '',
    tags: () => JSON.stringify(tags.current()),
    setTag: (name, value) => tags.set(name, value),
    deleteTag: (name) => tags.delete(name),
    refuseTag: (name, type) => {
      const message = `the tag ${name} cannot be of type ${type}: legal are texts, numbers and booleans`;
      if (run.throws()) throw new TypeError(message);
      onLog('warn', message);
    },
    abort: (message) => {
      vu.state.aborted = message;
      view.abort(message);
    },
    fail: (message) => view.fail(message),
  };
}

/** Waits for the work, and lets the script go on only if its call is still wanted. */
async function waiting<Value>(vu: HostParts, work: () => Promise<Value>): Promise<Value> {
  const { state } = vu;
  if (state.isInterrupted) throw new Error('interrupted');
  try {
    const value = await work();
    if (state.isInterrupted) throw new Error('interrupted');
    return value;
  } finally {
    state.resume();
  }
}
