/** Every path and method of an OpenAPI document, with its parameters and the schema of its JSON body. */
export function readOperations(document) {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      name: operation.operationId ?? `${method.toUpperCase()} ${path}`,
      isFailure: (operation.tags ?? []).includes('failures'),
      parameters: (operation.parameters ?? []).map((parameter) => ({
        name: parameter.name,
        description: parameter.description ?? '',
        in: parameter.in,
        required: parameter.required === true,
        schema: resolve(document, parameter.schema ?? {}),
      })),
      body: resolve(document, operation.requestBody?.content?.['application/json']?.schema),
      statuses: Object.keys(operation.responses ?? {}).map(Number),
    })),
  );
}

/** For whatever is described in seconds. */
const smallSeconds = 0.02;

/** By the names of the other parameters: what keeps one request at a few milliseconds. The last one that fits counts. */
const smallValues = [
  [/./, 20],
  [/iterations|rounds|rows|records|size|bytes/, 200],
  [/complexity|length|depth/, 15],
  [/calls|count|concurrent|queries|attempts|hops|parallel/, 3],
  [/mb$|megabytes/, 2],
  [/ms$|milliseconds/, 20],
];

/** The variable PARAMETER_MAXIMA: a small maximum for every number that a failure takes. */
export function toSmallMaxima(operations) {
  return operations
    .filter(({ isFailure }) => isFailure)
    .flatMap(({ name, parameters }) =>
      parameters
        .filter(({ schema }) => ['integer', 'number'].includes(schema.type) && schema.minimum !== undefined)
        .map((parameter) => `${name}.${parameter.name}=${toSmall(parameter)}`),
    )
    .join(',');
}

function toSmall({ name, description, schema }) {
  const isTime = /second/.test(description);
  const [, wanted] = isTime ? [null, smallSeconds] : smallValues.findLast(([pattern]) => pattern.test(name));
  const value = Math.max(schema.minimum, Math.min(wanted, schema.maximum ?? wanted));
  return schema.type === 'integer' ? Math.ceil(value) : value;
}

function resolve(document, schema) {
  if (schema?.$ref === undefined) return schema;
  return schema.$ref
    .split('/')
    .slice(1)
    .reduce((node, key) => node[key], document);
}
