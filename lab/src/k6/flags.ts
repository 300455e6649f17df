import { K6Error, k6ExitCodes } from './exit-code.ts';
import { type OptionSource, optionSources } from './options-table.ts';
import type { RawOptions } from './options-reader.ts';

/** What the command line of `k6 run` says. */
export interface RunFlags {
  /** As it was typed. */
  readonly script: string;
  /** In the spelling of the script's options. */
  readonly options: RawOptions;
  /** `-e`, for `__ENV` alone: they set no option. */
  readonly environment: Readonly<Record<string, string>>;
  readonly includeSystemEnvironment: boolean;
  /** `--out`, each as it was typed: `json=file`. */
  readonly outputs: readonly string[];
  readonly summaryExport: string | null;
  readonly quiet: boolean;
  readonly noColor: boolean;
  readonly noSetup: boolean;
  readonly noTeardown: boolean;
  readonly noThresholds: boolean;
  readonly noSummary: boolean;
}

interface Flag {
  readonly flag: string;
  readonly short?: string;
  readonly isSwitch?: boolean;
  readonly variable?: string;
  readonly help: string;
}

/** Flags that are no options of scripts. */
const runnerFlags: readonly Flag[] = [
  { flag: 'env', short: 'e', help: 'NAME=value for __ENV of the script; repeatable' },
  {
    flag: 'include-system-env-vars',
    isSwitch: true,
    help: "the process's variables are in __ENV too (default true)",
  },
  { flag: 'out', short: 'o', variable: 'K6_OUT', help: 'json=<file>, samples as JSON lines; .gz packs them' },
  {
    flag: 'summary-export',
    variable: 'K6_SUMMARY_EXPORT',
    help: 'file for the summary as JSON',
  },
  {
    flag: 'summary-mode',
    variable: 'K6_SUMMARY_MODE',
    help: 'compact, full (both are the same here), or disabled',
  },
  { flag: 'quiet', short: 'q', isSwitch: true, help: 'no header, no progress' },
  { flag: 'no-color', isSwitch: true, help: 'no colours' },
  { flag: 'no-setup', isSwitch: true, variable: 'K6_NO_SETUP', help: 'setup() is not called' },
  { flag: 'no-teardown', isSwitch: true, variable: 'K6_NO_TEARDOWN', help: 'teardown() is not called' },
  { flag: 'no-thresholds', isSwitch: true, variable: 'K6_NO_THRESHOLDS', help: 'thresholds are ignored' },
  { flag: 'no-usage-report', isSwitch: true, help: 'taken and needless: this runner never reports' },
];

const optionFlags: readonly (OptionSource & Flag)[] = optionSources.flatMap((source) =>
  source.flag === undefined ? [] : [{ ...source, flag: source.flag }],
);
const allFlags: readonly Flag[] = [...optionFlags, ...runnerFlags];

/** The flags, as they are typed, with what they do. */
export function flagTable(): readonly { readonly names: readonly string[]; readonly help: string }[] {
  return allFlags.map(({ flag, short, help }) => ({
    names: short === undefined ? [`--${flag}`] : [`-${short}`, `--${flag}`],
    help,
  }));
}

/** The flags with what they do, for `--help`. */
export function describeFlags(): string {
  const rows = flagTable().map(({ names, help }) => ({
    shown: `${names.length === 1 ? '    ' : ''}${names.join(', ')}`,
    help,
  }));
  const width = Math.max(...rows.map(({ shown }) => shown.length));
  return rows.map(({ shown, help }) => `  ${shown.padEnd(width)}  ${help}`).join('\n');
}

/** Reads the arguments after `k6 run`, and the variables that stand for flags; throws K6Error 104 with what is legal. */
export function readRunFlags(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): RunFlags {
  const { scripts, given } = split(args);
  const [script, ...more] = scripts;
  if (script === undefined || more.length > 0)
    throw usageError(`received ${scripts.length} scripts (${scripts.join(', ')}), expected exactly one`);
  for (const { flag, variable } of runnerFlags) {
    const text = variable === undefined ? undefined : environment[variable];
    if (text !== undefined && text !== '' && !given.some(([name]) => name === flag)) given.push([flag, text]);
  }
  const options: Record<string, unknown> = {};
  for (const { flag, option, read } of optionFlags)
    for (const text of valuesOf(given, flag)) options[option] = read(text, options[option]);
  const [mode = 'compact'] = valuesOf(given, 'summary-mode').slice(-1);
  if (!['compact', 'full', 'disabled'].includes(mode))
    throw usageError(`--summary-mode: received ${mode}, expected compact, full or disabled`);
  return {
    script,
    options,
    environment: Object.fromEntries(valuesOf(given, 'env').map(toVariable)),
    includeSystemEnvironment: readSwitch(given, 'include-system-env-vars', true),
    outputs: valuesOf(given, 'out').map(checkOutput),
    summaryExport: valuesOf(given, 'summary-export').at(-1) ?? null,
    quiet: readSwitch(given, 'quiet'),
    noColor: readSwitch(given, 'no-color'),
    noSetup: readSwitch(given, 'no-setup'),
    noTeardown: readSwitch(given, 'no-teardown'),
    noThresholds: readSwitch(given, 'no-thresholds'),
    noSummary: mode === 'disabled',
  };
}

type Given = (readonly [flag: string, value: string])[];

function split(args: readonly string[]): { scripts: string[]; given: Given } {
  const scripts: string[] = [];
  const given: Given = [];
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!word.startsWith('-') || word === '-') {
      scripts.push(word);
      continue;
    }
    const { name, value } = parseWord(word);
    const known = allFlags.find(
      ({ flag, short }) => flag === name || (short !== undefined && short === name),
    );
    if (known === undefined) throw usageError(`unknown flag ${word}`);
    if (known.isSwitch === true) given.push([known.flag, value ?? 'true']);
    else {
      const text = value ?? rest.shift();
      if (text === undefined) throw usageError(`${word} needs a value`);
      given.push([known.flag, text]);
    }
  }
  return { scripts, given };
}

/** `--name`, `--name=value`, `-n`, `-nvalue`. */
function parseWord(word: string): { name: string; value: string | undefined } {
  if (!word.startsWith('--'))
    return { name: word.slice(1, 2), value: word.length > 2 ? word.slice(2).replace(/^=/, '') : undefined };
  const separator = word.indexOf('=');
  if (separator < 0) return { name: word.slice(2), value: undefined };
  return { name: word.slice(2, separator), value: word.slice(separator + 1) };
}

function valuesOf(given: Given, flag: string): readonly string[] {
  return given.filter(([name]) => name === flag).map(([, value]) => value);
}

function readSwitch(given: Given, flag: string, otherwise = false): boolean {
  const text = valuesOf(given, flag).at(-1);
  if (text === undefined) return otherwise;
  if (text === 'true' || text === 'false') return text === 'true';
  throw usageError(`--${flag}: received ${text}, expected true or false`);
}

function toVariable(text: string): [string, string] {
  const separator = text.indexOf('=');
  if (separator < 1) throw usageError(`--env: received ${text}, expected NAME=value`);
  return [text.slice(0, separator), text.slice(separator + 1)];
}

function checkOutput(text: string): string {
  if (text === 'json' || text.startsWith('json=')) return text;
  throw usageError(`--out: received ${text}, expected json=<file>; other outputs are k6's alone`);
}

function usageError(message: string): K6Error {
  return new K6Error(
    k6ExitCodes.invalidConfiguration,
    `${message}\nFlags of k6 run here:\n${describeFlags()}`,
  );
}
