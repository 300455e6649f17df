import { type Static, type TProperties, type TSchema, Type } from 'typebox';

/** The document that `lab run --json` prints and that `runs/<id>/run.json` holds: a contract (docs/schemas). */

const strict = <T extends TProperties>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });
const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const numberOrNull = nullable(Type.Number());
const settings = Type.Record(Type.String(), Type.Unknown());
const verdicts = [
  'DEMONSTRATED',
  'NOT DEMONSTRATED',
  'FIXED',
  'NOT FIXED',
  'INCONCLUSIVE',
  'SKIPPED',
] as const;

const claimResult = strict({
  kind: Type.Enum(['failure', 'health']),
  text: Type.String(),
  metric: Type.String(),
  route: nullable(Type.String()),
  comparison: Type.Enum(['<=', '>=', '<', '>']),
  bound: numberOrNull,
  measured: numberOrNull,
  unit: Type.String(),
  holds: Type.Boolean(),
});

const generatorFigures = strict({
  name: Type.String(),
  plannedRequests: Type.Integer(),
  sentRequests: Type.Integer(),
  latenessP99Ms: numberOrNull,
  utilisationRatio: numberOrNull,
  /** How far its start may lie from that of the plan. */
  startUncertaintyMs: Type.Number(),
});

const validity = strict({
  valid: Type.Boolean(),
  reasons: Type.Array(Type.String()),
  latenessP99Ms: numberOrNull,
  plannedRequests: Type.Integer(),
  sentRequests: Type.Integer(),
  driverUtilisationRatio: numberOrNull,
  foreignCpuRatio: numberOrNull,
  scrapeGaps: Type.Integer(),
  /** Of each generator, where several made the load. */
  generators: Type.Optional(Type.Array(generatorFigures)),
});

const routePhase = strict({
  offered: Type.Integer(),
  outcomes: Type.Record(Type.String(), Type.Integer()),
  goodputRatio: numberOrNull,
  p50Ms: numberOrNull,
  p95Ms: numberOrNull,
  p99Ms: numberOrNull,
});

const phase = strict({
  startSecond: Type.Number(),
  endSecond: Type.Number(),
  routes: Type.Record(Type.String(), routePhase),
});

const armResult = strict({
  name: Type.String(),
  role: Type.Enum(['unprotected', 'protected', 'wrong-fix', 'ablation', 'control', 'custom']),
  summary: Type.String(),
  declared: nullable(Type.Enum([...verdicts])),
  verdict: Type.Enum([...verdicts]),
  reason: nullable(Type.String()),
  attempts: Type.Integer(),
  setup: strict({
    replicas: Type.Integer(),
    limits: nullable(settings),
    /** The rest of the set-up: variables, supervision, balancing, autoscaler, edges with a proxy. */
    system: settings,
    poolSize: Type.Integer(),
    protections: Type.Record(Type.String(), settings),
    load: settings,
    trigger: nullable(settings),
    deadlineMs: Type.Record(Type.String(), Type.Number()),
  }),
  claims: Type.Array(claimResult),
  validity,
  mechanism: Type.Record(Type.String(), numberOrNull),
  incidents: Type.Array(
    strict({
      replica: Type.String(),
      reason: Type.Enum(['OOMKilled', 'Error', 'Liveness']),
      exitCode: Type.Integer(),
      atSecond: Type.Number(),
    }),
  ),
  recoverySeconds: numberOrNull,
  phases: Type.Record(Type.String(), phase),
});

const scenarioResult = strict({
  name: Type.String(),
  question: Type.String(),
  outcome: Type.Enum(['as-declared', 'not-as-declared', 'inconclusive', 'skipped']),
  reason: nullable(Type.String()),
  /** What was measured before the load was stated; null where nothing had to be. */
  calibration: nullable(Type.Record(Type.String(), Type.Number())),
  arms: Type.Array(armResult),
});

const environment = strict({
  commit: nullable(Type.String()),
  node: Type.String(),
  platform: Type.String(),
  cpuModel: Type.String(),
  cores: Type.Integer(),
  limits: Type.Enum(['cgroup-v1', 'cgroup-v2', 'emulated', 'none']),
  postgres: nullable(Type.String()),
  packages: Type.Record(Type.String(), Type.String()),
});

export const runDocumentSchema = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    runId: Type.String(),
    seed: Type.Integer(),
    target: Type.String(),
    driver: Type.String(),
    /** How many programs made the load together; absent where the driver is one. */
    generators: Type.Optional(Type.Integer()),
    /** RFC 3339. */
    startedAt: Type.String({ format: 'date-time' }),
    durationSeconds: Type.Number(),
    /** The command that repeats this run. */
    command: Type.String(),
    environment,
    scenarios: Type.Array(scenarioResult),
  },
  { additionalProperties: false, title: 'Document of one run of the lab' },
);

export type ClaimResult = Static<typeof claimResult>;
export type GeneratorFigures = Static<typeof generatorFigures>;
export type Validity = Static<typeof validity>;
export type RoutePhase = Static<typeof routePhase>;
export type PhaseResult = Static<typeof phase>;
export type ArmResult = Static<typeof armResult>;
export type ArmSetup = ArmResult['setup'];
export type ScenarioResult = Static<typeof scenarioResult>;
export type Environment = Static<typeof environment>;
export type RunDocument = Static<typeof runDocumentSchema>;
