import { parseArgs } from 'node:util';
import { createMachine } from './machine.mjs';

/** Options that prove nothing when they are 0. */
const needsWork = ['rounds', 'rate', 'requests'];

/**
 * Runs one proof: options from the command line, a machine of its own, progress on stderr, one JSON result on stdout.
 * Exit code 0 when `prove` gives `holds: true`, 1 when not, 2 for wrong usage, 130 or 143 when it was ended by a signal.
 * All that was started is ended on every path; the lab's guard does it when this process itself is killed.
 */
export async function runProof(name, defaults, prove) {
  const options = readOptions(name, defaults);
  if (options === null) return;
  const ending = new AbortController();
  const onSignal = (signal) => {
    say(`${signal}: ending what was started`);
    process.exitCode = signal === 'SIGINT' ? 130 : 143;
    ending.abort(new Error(`ended by ${signal}`));
  };
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const machine = createMachine(name, ending.signal);
  try {
    const result = await Promise.race([
      prove({ options, machine, signal: ending.signal }),
      aborted(ending.signal),
    ]);
    console.log(JSON.stringify({ proof: name, ...result }));
    process.exitCode = result.holds ? 0 : 1;
  } catch (error) {
    if (!ending.signal.aborted) {
      console.error(error);
      process.exitCode = 1;
    }
  } finally {
    ending.abort(new Error('the proof is over'));
    await machine.end();
  }
  // oxlint-disable-next-line unicorn/no-process-exit -- sockets of killed services must not keep the proof alive
  process.exit();
}

/** One line of progress for the person at the terminal. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * By the form of their defaults: a number is a whole number, null one that need not be given, a list the legal words with
 * the default first. Null, with a sentence on stderr, when something is wrong.
 */
function readOptions(name, defaults) {
  try {
    const options = Object.fromEntries(Object.keys(defaults).map((key) => [key, { type: 'string' }]));
    const { values } = parseArgs({ options });
    return Object.fromEntries(
      Object.entries(defaults).map(([key, usual]) => [key, readOption(key, usual, values[key])]),
    );
  } catch (error) {
    const usage = Object.entries(defaults).map(([key, usual]) => `[--${key} ${toUsage(usual)}]`);
    say(`${error.message}\nusage: node scripts/${name}.mjs ${usage.join(' ')}`);
    process.exitCode = 2;
    return null;
  }
}

function readOption(key, usual, text) {
  const isWord = Array.isArray(usual);
  if (text === undefined) return isWord ? usual[0] : usual;
  const least = needsWork.includes(key) ? 1 : 0;
  if (isWord && usual.includes(text)) return text;
  if (!isWord && /^\d{1,15}$/.test(text) && Number(text) >= least) return Number(text);
  const legal = isWord ? usual.join(', ') : `a whole number, at least ${least}`;
  throw new Error(`--${key}: received ${text}, legal: ${legal}`);
}

function toUsage(usual) {
  return Array.isArray(usual) ? usual.join('|') : String(usual ?? '<number>');
}

function aborted(signal) {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
