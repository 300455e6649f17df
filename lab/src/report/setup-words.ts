import type { ArmResult, ArmSetup } from '../core/document.ts';
import type { StreamSpec, Trigger } from '../core/scenario.ts';
import type { AutoscalerPolicy, Balancing, Probe, Supervision, SystemSetup } from '../core/system.ts';
import { formatMs, formatValue } from './format.ts';

/** What a set-up is made of, in the order of reading. */
export const setupTopics = {
  load: 'Load',
  trigger: 'Trigger',
  system: 'System',
  protections: 'Protections',
  deadlines: 'Deadlines',
} as const;
export type SetupTopic = keyof typeof setupTopics;
type Phrases = Readonly<Record<SetupTopic, readonly string[]>>;

/** The set-ups of a scenario side by side. */
export interface SetupComparison {
  /** What all arms have; a topic in which they have nothing in common is left out. */
  readonly common: readonly { readonly topic: SetupTopic; readonly phrases: readonly string[] }[];
  /** Topics in which arms differ. */
  readonly differing: readonly SetupTopic[];
  /** What each arm has beside that; empty where there is nothing more. */
  readonly own: readonly { readonly arm: string; readonly phrases: Phrases }[];
}

export function compareSetups(arms: readonly Pick<ArmResult, 'name' | 'setup'>[]): SetupComparison {
  const all = arms.map(({ name, setup }) => ({ arm: name, phrases: setupPhrases(setup) }));
  const topics = Object.keys(setupTopics) as SetupTopic[];
  const sharedOf = (topic: SetupTopic) =>
    (all[0]?.phrases[topic] ?? []).filter((text) =>
      all.every(({ phrases }) => phrases[topic].includes(text)),
    );
  const shared = new Map(topics.map((topic) => [topic, sharedOf(topic)] as const));
  const ownOf = (phrases: Phrases, topic: SetupTopic) =>
    phrases[topic].filter((text) => shared.get(topic)?.includes(text) !== true);
  return {
    common: topics
      .map((topic) => ({ topic, phrases: shared.get(topic) ?? [] }))
      .filter(({ phrases }) => phrases.length > 0),
    differing: topics.filter((topic) => all.some(({ phrases }) => ownOf(phrases, topic).length > 0)),
    own: all.map(({ arm, phrases }) => ({ arm, phrases: toPhrases((topic) => ownOf(phrases, topic)) })),
  };
}

/** A set-up in plain words, a phrase for each of its parts. */
export function setupPhrases(setup: ArmSetup): Phrases {
  const protections = Object.entries(setup.protections).map(([name, settings]) => {
    const text = settingsText(settings);
    return text === '' ? name : `${name} (${text})`;
  });
  return {
    load: Object.entries(setup.load).map(([name, stream]) => streamText(name, stream as Partial<StreamSpec>)),
    trigger: [setup.trigger === null ? 'none' : triggerText(setup.trigger as unknown as Trigger)],
    system: systemPhrases(setup),
    protections: protections.length === 0 ? ['none'] : protections,
    deadlines: Object.entries(setup.deadlineMs).map(([route, limitMs]) => `${route} ${formatMs(limitMs)}`),
  };
}

function toPhrases(of: (topic: SetupTopic) => readonly string[]): Phrases {
  return {
    load: of('load'),
    trigger: of('trigger'),
    system: of('system'),
    protections: of('protections'),
    deadlines: of('deadlines'),
  };
}

/** `tasks 80/s, evenly spaced` */
function streamText(name: string, { rate, timeUnitSeconds = 1, arrival, when }: Partial<StreamSpec>): string {
  const every = timeUnitSeconds === 1 ? `${rate}/s` : `${rate} in ${timeUnitSeconds} s`;
  const spacing =
    arrival === undefined ? '' : arrival === 'even' ? ', evenly spaced' : ', at random (Poisson)';
  return `${name} ${every}${spacing}${when === 'trigger' ? ', while the trigger lasts' : ''}`;
}

function triggerText({ durationSeconds, behaviour, fault, replicas }: Trigger): string {
  const what: string[] = [];
  if (behaviour !== undefined) what.push(`the downstream behaves with ${settingsText(behaviour)}`);
  if (fault !== undefined) {
    const { edge, kind, ...settings } = fault;
    const text = settingsText(settings);
    what.push(`the edge to the ${edge} suffers ${kind}${text === '' ? '' : ` (${text})`}`);
  }
  if (replicas !== undefined) what.push(`the backend is brought to ${replicas} replicas`);
  return `${durationSeconds} s: ${what.length === 0 ? 'the load that belongs to it' : what.join(', ')}`;
}

type RestOfSystem = Omit<SystemSetup, 'replicas' | 'limits' | 'poolSize'>;

/** Words for each part of a system: one that gets none is a compile error. */
const systemWords: {
  readonly [Name in keyof RestOfSystem]-?: (value: NonNullable<RestOfSystem[Name]>) => readonly string[];
} = {
  downstreamDelayMs: (delayMs) => [`the downstream answers after ${formatMs(delayMs)}`],
  backendEnvironment: (variables) => Object.entries(variables).map(([name, value]) => `${name}=${value}`),
  supervision: (supervision) => supervisionPhrases(supervision),
  balancing: (balancing) => [balancingText(balancing)],
  autoscaler: (policy) => [autoscalerText(policy)],
  faultEdges: (edges) => edges.map((edge) => `a proxy on the edge to the ${edge}`),
  databaseConnectionLimit: (count) => [`the database admits ${count} connections`],
  clientConnections: (count) => [`clients keep ${count} connections`],
};

function systemPhrases({ replicas, poolSize, limits, system }: ArmSetup): string[] {
  const { cpuCores, memoryBytes } = (limits ?? {}) as NonNullable<SystemSetup['limits']>;
  const words = systemWords as Readonly<Record<string, (value: unknown) => readonly string[]>>;
  return [
    replicas === 1 ? '1 replica' : `${replicas} replicas`,
    ...(cpuCores === undefined ? ['no limit of CPU'] : [`at most ${cores(cpuCores)}`]),
    ...(memoryBytes === undefined
      ? ['no limit of memory']
      : [`at most ${formatValue(memoryBytes, 'bytes')} of memory`]),
    `a pool of ${poolSize} connections`,
    ...Object.entries(system).flatMap(
      ([name, value]) => words[name]?.(value) ?? [settingsText({ [name]: value })],
    ),
  ];
}

function supervisionPhrases({ timeScale, ...probes }: Supervision): string[] {
  const checks = Object.entries(probes as Readonly<Record<string, Probe>>).map(
    ([kind, { path, periodSeconds, failureThreshold }]) =>
      `${kind} probe of ${path} every ${periodSeconds} s, ${failureThreshold} failures count`,
  );
  return [`what ends is started again, with ${timeScale} × the kubelet's back-off`, ...checks];
}

function balancingText({ level, endpointDelayMs }: Balancing): string {
  const late = endpointDelayMs === undefined ? '' : `, and knows of changes ${endpointDelayMs} ms later`;
  return `a balancer gives each ${level} to the next replica${late}`;
}

function autoscalerText(policy: AutoscalerPolicy): string {
  const { minReplicas, maxReplicas, averageUtilization, requestCores, syncPeriodSeconds } = policy;
  const { scaleUp, scaleDown } = policy.stabilizationWindowSeconds;
  return `an autoscaler from ${minReplicas} to ${maxReplicas} replicas for ${averageUtilization} % of ${cores(requestCores)}, every ${syncPeriodSeconds} s, up after ${scaleUp} s, down after ${scaleDown} s`;
}

function cores(count: number): string {
  return count === 1 ? '1 core' : `${count} cores`;
}

/** `attempts 4, timeoutMs 600`; nested settings in brackets. */
function settingsText(settings: Readonly<Record<string, unknown>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} ${valueText(value)}`)
    .join(', ');
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueText).join(' ');
  if (typeof value === 'object' && value !== null) return `(${settingsText({ ...value })})`;
  return String(value);
}
