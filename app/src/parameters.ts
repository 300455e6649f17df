import { Type, type TObject, type TSchema } from 'typebox';
import type { Failure } from './failures/failure.ts';
import { nearestNames } from './kernel/nearest.ts';
import type { Fault } from './kernel/settings.ts';

/** Numbers by `failure.parameter` (`tasks.limit` for the list of tasks). */
export type ParameterValues = ReadonlyMap<string, number>;

/** The parameters of GET /api/tasks, which is no failure but has maxima as well. */
export const TASK_LIST_PARAMETERS = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 10, description: 'tasks on a page' }),
  cursor: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'nextCursor of the page before',
    }),
  ),
});

/** The schema of an owner's parameters with the maxima and defaults that the configuration sets. */
export function configureParameters<S extends TObject>(
  owner: string,
  schema: S,
  config: { readonly parameterMaxima: ParameterValues; readonly parameterDefaults: ParameterValues },
): S {
  const properties = Object.entries(schema.properties as Record<string, TSchema>).map(([name, field]) => {
    const maximum = config.parameterMaxima.get(`${owner}.${name}`);
    const configured =
      config.parameterDefaults.get(`${owner}.${name}`) ?? (field as { default?: number }).default;
    const fitting =
      maximum !== undefined && configured !== undefined ? Math.min(configured, maximum) : configured;
    return [
      name,
      {
        ...field,
        ...(maximum === undefined ? {} : { maximum }),
        ...(fitting === undefined ? {} : { default: fitting }),
      },
    ];
  });
  return withOptionalDefaults({ ...schema, properties: Object.fromEntries(properties) });
}

/** What has a default need not be sent: the schema of a request says so, while its static type is that of the value read. */
export function withOptionalDefaults<S extends TObject>(schema: S): S {
  const fields = schema.properties as Record<string, { readonly default?: unknown }>;
  const required = schema.required?.filter((name) => fields[name]?.default === undefined) ?? [];
  const { required: _replaced, ...rest } = schema;
  return (required.length === 0 ? rest : { ...rest, required }) as S;
}

/** Parses PARAMETER_MAXIMA: a comma list of `failure.parameter=number`, lower or higher than what the code says. */
export function parseMaxima(
  text: string,
  failures: readonly Failure[],
): { readonly maxima: ParameterValues; readonly faults: readonly Fault[] } {
  const minima = new Map<string, number>();
  for (const { name, parameters } of [...failures, { name: 'tasks', parameters: TASK_LIST_PARAMETERS }]) {
    for (const [parameter, field] of Object.entries(parameters.properties as Record<string, TSchema>)) {
      const { minimum } = field as { minimum?: number };
      if (minimum !== undefined && parameter !== 'cursor') minima.set(`${name}.${parameter}`, minimum);
    }
  }
  const maxima = new Map<string, number>();
  const faults: Fault[] = [];
  for (const item of text.split(',').map((part) => part.trim())) {
    if (item === '') continue;
    const [key = '', number = ''] = item.split('=').map((part) => part.trim());
    const minimum = minima.get(key);
    if (minimum === undefined) {
      const near = nearestNames(key, [...minima.keys()]);
      const legal = near.length > 0 ? `did you mean ${near.join(' or ')}?` : [...minima.keys()].join(', ');
      faults.push({ field: 'PARAMETER_MAXIMA', received: item, legal });
    } else if (number === '' || !(Number(number) >= minimum && Number(number) <= 1_000_000_000)) {
      faults.push({
        field: `PARAMETER_MAXIMA ${key}`,
        received: item,
        legal: `number, ${minimum} to 1000000000`,
      });
    } else maxima.set(key, Number(number));
  }
  return { maxima, faults };
}
