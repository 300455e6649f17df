import type { QuickJSAsyncContext, QuickJSHandle } from 'quickjs-emscripten-core';

/** What a script threw, or what is wrong with its text. */
export interface ScriptFailure {
  readonly name: string;
  readonly message: string;
  /** Frames of the script, innermost first: `f (script.js:3:9)`. */
  readonly frames: readonly string[];
}

/** Reads a thrown value, and frees it. */
export function readFailure(context: QuickJSAsyncContext, thrown: QuickJSHandle): ScriptFailure {
  return thrown.consume((handle) => {
    if (context.typeof(handle) !== 'object')
      return { name: '', message: toText(context.dump(handle)), frames: [] };
    const read = (name: string): string =>
      context.getProp(handle, name).consume((value) => {
        const type = context.typeof(value);
        return type === 'string' ? context.getString(value) : '';
      });
    const name = read('name');
    const message = read('message');
    if (name === '' && message === '') return { name, message: toText(context.dump(handle)), frames: [] };
    return { name, message, frames: framesOf(read('stack')) };
  });
}

/** So many frames are shown: a recursion without end has more than a thousand. */
const shownFrames = 20;

/** For people: what was thrown, and where. */
export function describeFailure({ name, message, frames }: ScriptFailure): string {
  const text = name === '' ? message : `${name}: ${message}`;
  const shown = frames.slice(0, shownFrames).map((frame) => `    at ${frame}`);
  const hidden = frames.length - shown.length;
  return [text, ...shown, ...(hidden > 0 ? [`    and ${hidden} more`] : [])].join('\n');
}

/** `script.js:3:9` of the innermost frame. */
export function placeOf({ frames }: ScriptFailure): string | undefined {
  const [frame] = frames;
  return frame === undefined ? undefined : (/\(([^()]*)\)$/.exec(frame)?.[1] ?? frame);
}

function framesOf(stack: string): string[] {
  return stack
    .split('\n')
    .map((line) => line.trim().replace(/^at /, ''))
    .filter((frame) => frame !== '' && !/(^|\()k6:|\(native\)$|<eval>|^<input>/.test(frame))
    .map((frame) => frame.replace(/^<anonymous> \((.*)\)$/, '$1'));
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}
