import { Type } from 'typebox';
import { runDocumentSchema } from './document.ts';
import { planDocumentSchema } from './plan-document.ts';

const spread = Type.Union([
  Type.Object({ minimum: Type.Number(), median: Type.Number(), maximum: Type.Number() }),
  Type.Null(),
]);
const counts = Type.Record(Type.String(), Type.Integer());

/** The document that `lab run --repeat --json` prints. */
const seriesSchema = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    seriesId: Type.String(),
    wantedRepetitions: Type.Integer(),
    finishedRepetitions: Type.Integer(),
    outcomes: counts,
    wrongVerdicts: Type.Integer(),
    arms: Type.Array(
      Type.Object({
        scenario: Type.String(),
        arm: Type.String(),
        declared: Type.Union([Type.String(), Type.Null()]),
        verdicts: counts,
        claims: Type.Array(Type.Object({ text: Type.String(), bounds: spread, measured: spread })),
        recoverySeconds: spread,
      }),
    ),
    runs: Type.Array(runDocumentSchema),
  },
  { additionalProperties: false, title: 'Several runs of the same selection' },
);

/** The line that `lab up --json` prints when everything is ready. */
const upSchema = Type.Object(
  {
    backend: Type.String({ format: 'uri' }),
    downstream: Type.String({ format: 'uri' }),
    control: Type.Object({
      backend: Type.Array(Type.String({ format: 'uri' })),
      downstream: Type.Array(Type.String({ format: 'uri' })),
    }),
    database: Type.String(),
    replicas: Type.Array(Type.String({ format: 'uri' })),
  },
  { additionalProperties: false, title: 'Addresses of a system started by lab up' },
);

/** File name below `docs/schemas/` → JSON Schema (draft 2020-12): what other programs may rely on. */
export const publishedSchemas = {
  'run.schema.json': runDocumentSchema,
  'series.schema.json': seriesSchema,
  'up.schema.json': upSchema,
  'plan.schema.json': planDocumentSchema,
} as const;

/** A JSON Schema as it is published: with its dialect named. */
export function toPublished(schema: object): string {
  return `${JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...schema }, null, 2)}\n`;
}
