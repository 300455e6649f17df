import type { RunConfiguration, ThresholdConfiguration } from './configuration.ts';
import { K6Error, k6ExitCodes, OutsideSubsetError } from './exit-code.ts';
import { loadOptions, readScenarios, showScenario } from './options-scenarios.ts';
import { Faults, isObject, OptionsReader, type RawOptions } from './options-reader.ts';
import { meaninglessOptions, optionSources, unsupportedOptions } from './options-table.ts';

/** Weakest first: those of the environment, then those of the command line. */
export type Overrides = readonly RawOptions[];

const defaultTrendStats = ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)'];
const defaultSystemTags = [
  'proto',
  'subproto',
  'status',
  'method',
  'url',
  'name',
  'group',
  'check',
  'error',
  'error_code',
  'tls_version',
  'scenario',
  'service',
  'expected_response',
];
const defaultUserAgent = 'backend-load-testing-lab';

/**
 * The script's options with what is stronger (environment, then command line), checked, with every default filled in.
 * Throws a K6Error with all faults; an option that this runner lacks throws OutsideSubsetError.
 */
export function toRunConfiguration(
  scriptOptions: unknown,
  overrides: Overrides,
  warn: (message: string) => void = () => {},
): RunConfiguration {
  if (!isObject(scriptOptions))
    throw new K6Error(
      k6ExitCodes.invalidConfiguration,
      `options: received ${JSON.stringify(scriptOptions)}, expected an object`,
    );
  const options = [scriptOptions, ...overrides].reduce(withStronger, {});
  const faults = new Faults();
  const reader = new OptionsReader(options, '', faults);
  for (const option of unsupportedOptions)
    if (reader.raw(option) !== undefined) throw new OutsideSubsetError(`the option ${option}`, 'options');
  const scenarios = readScenarios(reader, faults, warn);
  const configuration = {
    scenarios,
    thresholds: readThresholds(reader, faults),
    tags: reader.textMap('tags'),
    summaryTrendStats: reader.texts('summaryTrendStats', defaultTrendStats),
    systemTags: reader.texts('systemTags', defaultSystemTags),
    setupTimeoutMs: reader.durationMs('setupTimeout', 60_000, 1),
    teardownTimeoutMs: reader.durationMs('teardownTimeout', 60_000, 1),
    minIterationDurationMs: reader.durationMs('minIterationDuration', 0),
    http: {
      discardResponseBodies: reader.boolean('discardResponseBodies'),
      insecureSkipTLSVerify: reader.boolean('insecureSkipTLSVerify'),
      noConnectionReuse: reader.boolean('noConnectionReuse'),
      noVUConnectionReuse: reader.boolean('noVUConnectionReuse'),
      maxRedirects: reader.whole('maxRedirects', { least: 0, otherwise: 10 }),
      userAgent: reader.text('userAgent', defaultUserAgent),
    },
  };
  reader.boolean('throw');
  for (const name of meaninglessOptions) reader.raw(name);
  for (const name of reader.unknownNames())
    warn(`the option ${name} is unknown and is ignored; known are ${knownOptions().join(', ')}`);
  if (faults.messages.length > 0)
    throw new K6Error(k6ExitCodes.invalidConfiguration, faults.messages.join('\n'));
  return { ...configuration, options: showOptions(options, configuration) };
}

/** Options of one place over those of weaker ones. */
function withStronger(weaker: RawOptions, stronger: RawOptions): RawOptions {
  const given = Object.entries(stronger).filter(([, value]) => value !== null && value !== undefined);
  const names = given.map(([name]) => name.toLowerCase());
  const isReplaced = (name: string) =>
    names.includes(name.toLowerCase()) ||
    (isLoadOption(name) && loadOptions.some((option) => names.includes(option)));
  const kept = Object.entries(weaker).filter(([name]) => !isReplaced(name));
  return Object.fromEntries([...kept, ...given]);
}

function isLoadOption(name: string): boolean {
  return loadOptions.some((option) => option === name.toLowerCase());
}

function readThresholds(
  reader: OptionsReader,
  faults: Faults,
): Readonly<Record<string, readonly ThresholdConfiguration[]>> {
  const value = reader.raw('thresholds') ?? {};
  if (!isObject(value)) {
    faults.add('thresholds', value, 'an object of metrics and lists of expressions');
    return {};
  }
  return Object.fromEntries(
    Object.entries(value).map(([metric, list]) => {
      const path = `thresholds['${metric}']`;
      if (!Array.isArray(list)) {
        faults.add(path, list, "a list of expressions such as ['p(95)<500']");
        return [metric, []];
      }
      return [metric, list.map((entry: unknown, index) => readThreshold(entry, `${path}[${index}]`, faults))];
    }),
  );
}

function readThreshold(entry: unknown, path: string, faults: Faults): ThresholdConfiguration {
  if (typeof entry === 'string') return { threshold: entry, abortOnFail: false, delayAbortEvalMs: 0 };
  if (!isObject(entry)) {
    faults.add(path, entry, "an expression such as 'p(95)<500', or an object with threshold and abortOnFail");
    return { threshold: '', abortOnFail: false, delayAbortEvalMs: 0 };
  }
  const reader = new OptionsReader(entry, path, faults);
  const threshold = reader.text('threshold', '');
  if (threshold === '')
    faults.add(`${path}.threshold`, entry['threshold'], "an expression such as 'p(95)<500'");
  return {
    threshold,
    abortOnFail: reader.boolean('abortOnFail'),
    delayAbortEvalMs: reader.durationMs('delayAbortEval', 0),
  };
}

/** What `exec.test.options` shows: the options with the scenarios that the shortcuts stand for. */
function showOptions(
  options: RawOptions,
  {
    scenarios,
    summaryTrendStats,
    systemTags,
  }: Pick<RunConfiguration, 'scenarios' | 'summaryTrendStats' | 'systemTags'>,
): RawOptions {
  return {
    ...options,
    scenarios: Object.fromEntries(scenarios.map((scenario) => [scenario.name, showScenario(scenario)])),
    summaryTrendStats,
    systemTags,
  };
}

function knownOptions(): readonly string[] {
  return [...new Set([...optionSources.map(({ option }) => option), 'scenarios', 'thresholds'])].sort();
}
