import type { ScenarioConfiguration } from './configuration.ts';
import { formatDuration } from './duration.ts';
import { executorNamed, executorNames, executorOf, isExecutorName } from './executors.ts';
import { OutsideSubsetError } from './exit-code.ts';
import { type Faults, isObject, OptionsReader, type RawOptions } from './options-reader.ts';

/** Those that say what is run: one of them in a stronger place replaces all of the weaker ones. */
export const loadOptions = ['iterations', 'duration', 'stages', 'scenarios'] as const;

/** The scenarios of the options: given as such, by the shortcuts, or k6's default of one iteration. */
export function readScenarios(
  reader: OptionsReader,
  faults: Faults,
  warn: (message: string) => void,
): readonly ScenarioConfiguration[] {
  const given = toScenarios(reader, faults, warn);
  const entries = Object.entries(given);
  if (entries.length === 0) faults.add('scenarios', given, 'an object with at least one scenario');
  return entries.flatMap(([name, fields]) => readScenario(name, fields, faults) ?? []);
}

function toScenarios(
  reader: OptionsReader,
  faults: Faults,
  warn: (message: string) => void,
): Readonly<Record<string, unknown>> {
  const [vus, iterations, duration, stages, scenarios] = ['vus', ...loadOptions].map((name) =>
    reader.raw(name),
  );
  checkTogether({ iterations, duration, stages, scenarios }, faults);
  const withVus = vus === undefined ? {} : { vus };
  if (scenarios !== undefined) {
    if (vus !== undefined)
      warn(`the option vus=${JSON.stringify(vus)} is ignored: it goes with duration, iterations or stages`);
    if (isObject(scenarios)) return scenarios;
    faults.add('scenarios', scenarios, 'an object of scenarios');
    return { default: sharedOnce };
  }
  if (stages !== undefined)
    return {
      default: { executor: 'ramping-vus', stages, ...(vus === undefined ? {} : { startVUs: vus }) },
    };
  if (iterations !== undefined) {
    const maxDuration = duration === undefined ? {} : { maxDuration: duration };
    return { default: { executor: 'shared-iterations', ...withVus, iterations, ...maxDuration } };
  }
  if (duration !== undefined) return { default: { executor: 'constant-vus', ...withVus, duration } };
  if (vus !== undefined && vus !== 1)
    warn(`the option vus=${JSON.stringify(vus)} is ignored: it goes with duration, iterations or stages`);
  return { default: sharedOnce };
}

const sharedOnce = { executor: 'shared-iterations', vus: 1, iterations: 1 };

/** Iterations with a duration are the one pair that k6 allows: the duration is then the longest time. */
function checkTogether(options: RawOptions, faults: Faults): void {
  const given = Object.keys(options).filter((name) => options[name] !== undefined);
  if (given.length < 2 || given.join() === 'iterations,duration') return;
  faults.add(
    given.join(' and '),
    Object.fromEntries(given.map((name) => [name, options[name]])),
    'one of them',
  );
}

function readScenario(name: string, fields: unknown, faults: Faults): ScenarioConfiguration | null {
  const path = `scenarios.${name}`;
  if (!/^[\w-]+$/.test(name)) faults.add('scenarios', name, 'names of letters, digits, _ and -');
  if (!isObject(fields)) {
    faults.add(path, fields, 'an object with an executor');
    return null;
  }
  const reader = new OptionsReader(fields, path, faults);
  if (reader.raw('options') !== undefined)
    throw new OutsideSubsetError('options (of a browser)', `scenario ${name}`);
  const executor = reader.raw('executor');
  if (executor === 'externally-controlled')
    throw new OutsideSubsetError('the executor externally-controlled', `scenario ${name}`);
  if (!isExecutorName(executor)) {
    faults.add(reader.fieldOf('executor'), executor, `one of ${executorNames.join(', ')}`);
    return null;
  }
  const scenario = {
    name,
    executor,
    startTimeMs: reader.durationMs('startTime', 0),
    gracefulStopMs: reader.durationMs('gracefulStop', 30_000),
    exec: reader.text('exec', 'default') || 'default',
    env: reader.textMap('env'),
    tags: reader.textMap('tags'),
    ...executorNamed(executor).read(reader),
  } as ScenarioConfiguration;
  for (const unknown of reader.unknownNames())
    faults.add(
      reader.fieldOf(unknown),
      fields[unknown],
      `no such field; those of ${executor} are ${reader
        .askedNames()
        .filter((field) => field !== 'options')
        .join(', ')}`,
    );
  return scenario;
}

/** A scenario in k6's spelling, with every default filled in. */
export function showScenario(scenario: ScenarioConfiguration): RawOptions {
  return {
    executor: scenario.executor,
    startTime: formatDuration(scenario.startTimeMs),
    gracefulStop: formatDuration(scenario.gracefulStopMs),
    env: scenario.env,
    exec: scenario.exec,
    tags: scenario.tags,
    ...executorOf(scenario).show(scenario),
  };
}
