import { toMalformed } from './fuzz-malformed.mjs';
import { createValues } from './fuzz-values.mjs';
import { createRandom } from '../../lab/dist/core/random.js';
import { toBytes } from './request-bytes.mjs';

const malformedRatio = 0.15;
const strayRatio = 0.08;

/**
 * Request number `index` of a seed, always the same one. `steps` are the bytes with pauses before them; `verdict` is what
 * the document says of it; `answers` how many whole answers must come, 0 when that depends on the service.
 */
export function toRequest(operations, seed, index) {
  const random = createRandom(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const values = createValues(random);
  const wellFormed = (among = operations) => toWellFormed(among, random, values);
  const draw = random();
  if (draw < malformedRatio) return { index, ...toMalformed({ random, values, operations, wellFormed }) };
  const request = draw < malformedRatio + strayRatio ? toStray(operations, random, values) : wellFormed();
  return { index, isMalformed: false, answers: 1, ...request, steps: [{ bytes: toBytes(request) }] };
}

function toWellFormed(operations, random, values) {
  const operation = values.pick(operations);
  const verdicts = [];
  const take = ({ value, verdict }) => {
    verdicts.push(verdict);
    return value;
  };
  const boldness = values.pick([0, 0, 0.3, 0.8]);
  let path = operation.path;
  const query = [];
  for (const parameter of operation.parameters) {
    if (parameter.in === 'path') {
      const text = encode(take(toPathValue(parameter, random, values, boldness)));
      path = path.replace(`{${parameter.name}}`, () => text);
    } else if (parameter.in === 'query') {
      for (const pair of toQueryPairs(parameter, random, values, boldness, verdicts)) query.push(pair);
    }
  }
  if (random() < 0.1) query.push(values.pick(strangePairs));
  const target = query.length === 0 ? path : `${path}?${query.join('&')}`;
  const isWithBody = operation.body !== undefined;
  const body = isWithBody ? take(toBody(operation.body, random, values, boldness)) : undefined;
  const headers = {
    ...toHeaders(random, values),
    ...(isWithBody ? { 'Content-Type': 'application/json' } : {}),
  };
  const method = operation.method === 'GET' && random() < 0.03 ? 'HEAD' : operation.method;
  return {
    kind: operation.name,
    path: operation.path,
    method,
    target,
    headers,
    body,
    verdict: isOrdered(operation) && worst(verdicts) === 'legal' ? 'any' : worst(verdicts),
  };
}

/** That min must not be above max is a rule which the document has no words for. */
function isOrdered({ parameters }) {
  return ['min', 'max'].every((name) => parameters.some((parameter) => parameter.name === name));
}

function toPathValue({ schema }, random, values, boldness) {
  if (random() < boldness) {
    const value = values.illegal(schema, 'text');
    // An empty part of a path is another path.
    if (value !== undefined && value !== '') return { value, verdict: 'illegal' };
  }
  if (random() < 0.8 && schema.type === 'integer')
    return { value: values.between(1, 3000), verdict: 'legal' };
  return values.legal(schema);
}

function toQueryPairs({ name, required, schema }, random, values, boldness, verdicts) {
  const draw = random();
  if (draw < 0.2) {
    verdicts.push(required ? 'illegal' : 'legal');
    return [];
  }
  const { value, verdict } = values.legal(schema);
  if (random() >= boldness) {
    verdicts.push(verdict);
    return [`${name}=${encode(value)}`];
  }
  if (draw < 0.35) {
    verdicts.push('illegal');
    return [`${name}=${encode(value)}`, `${name}=${encode(values.legal(schema).value)}`];
  }
  if (draw < 0.45) {
    verdicts.push('any');
    return [`${name}=${values.pick(percentGarbage)}`];
  }
  const wrong = values.illegal(schema, 'text');
  if (wrong === undefined) {
    verdicts.push(verdict);
    return [`${name}=${encode(value)}`];
  }
  verdicts.push('illegal');
  return [`${name}=${encode(wrong)}`];
}

function toBody(schema, random, values, boldness) {
  if (random() < boldness / 4)
    return { value: values.pick(['null', '[]', '"text"', '7', 'true']), verdict: 'illegal' };
  const verdicts = [];
  const fields = {};
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const isRequired = (schema.required ?? []).includes(name);
    const wrong = random() < boldness ? values.illegal(field, 'json') : undefined;
    if (wrong !== undefined) {
      verdicts.push('illegal');
      fields[name] = wrong;
    } else if (random() < 0.2) verdicts.push(isRequired ? 'illegal' : 'legal');
    else {
      const { value, verdict } = values.legal(field);
      // A constraint beyond the field alone, or a format, is not known here.
      verdicts.push(field.format === undefined ? verdict : 'any');
      fields[name] = value;
    }
  }
  if (random() < boldness / 3) {
    verdicts.push('illegal');
    fields[values.pick(['unknown', 'toString', 'Title', ' title'])] = 1;
  }
  const isEmpty = Object.keys(fields).length === 0;
  return {
    value: JSON.stringify(fields),
    verdict: isEmpty && worst(verdicts) === 'legal' ? 'any' : worst(verdicts),
  };
}

/** Addresses and methods that the document does not have, or has in another spelling. */
function toStray(operations, random, values) {
  const { path } = values.pick(operations);
  const fixed = values.pick(documentTargets);
  const target = values.pick([
    `${path}/`,
    `/${path}`,
    path.toUpperCase(),
    `${path}%00`,
    `${path}/..%2f..%2fetc/passwd`,
    path.replace('a', '%61'),
    `${path}?`,
    `${path}??&&==&`,
    `${path}#part`,
    `${path};a=b`,
    `/${encodeURIComponent(values.text(values.between(1, 40)).replaceAll('\ud800', ''))}`,
    `/${'a/'.repeat(values.between(1, 2000))}`,
    `/${values.pick(percentGarbage)}`,
    fixed,
  ]);
  const method = values.pick([
    'GET',
    'GET',
    'GET',
    'POST',
    'PUT',
    'PATCH',
    'DELETE',
    'OPTIONS',
    'HEAD',
    'TRACE',
    'PROPFIND',
  ]);
  return {
    kind: target === fixed ? `stray ${fixed}` : 'stray',
    path,
    method,
    target,
    headers: toHeaders(random, values),
    verdict: 'any',
  };
}

function toHeaders(random, values) {
  const headers = {};
  while (random() < 0.3) Object.assign(headers, values.pick(strangeHeaders));
  if (random() < 0.03) headers.Connection = 'close';
  return headers;
}

function worst(verdicts) {
  return ['illegal', 'any'].find((verdict) => verdicts.includes(verdict)) ?? 'legal';
}

function encode(value) {
  return encodeURIComponent(String(value).toWellFormed());
}

const documentTargets = [
  '/docs',
  '/docs/',
  '/docs/json',
  '/docs/yaml',
  '/docs/static/index.html',
  '/docs/static/..%2f..%2fpackage.json',
  '/docs/static/%2e%2e/%2e%2e/package.json',
  '/docs/static/../../package.json',
  '/docs/static/%00',
  '/docs/static/%',
  '/docs/static/',
  '/docs/static/a\\b',
  '/openapi.json',
  '/openapi.json?x=1',
  '/metrics',
  '/favicon.ico',
];
const percentGarbage = [
  '%',
  '%zz',
  '%c3%28',
  '%u0041',
  '%%%',
  '%00',
  '%ff%fe',
  '%e2%82',
  '+',
  '%2',
  '%F0%9F%98',
];
const strangePairs = [
  'unknown=1',
  '__proto__=1',
  '__proto__[a]=1',
  'constructor.prototype=1',
  'a[b][c]=1',
  'toString=x',
  'hasOwnProperty=1',
  '=',
  '&&&',
  'x',
  `long=${'x'.repeat(3000)}`,
  Array.from({ length: 200 }, (_, number) => `p${number}=${number}`).join('&'),
];
const strangeHeaders = [
  { Accept: 'application/xml' },
  { Accept: '*/*;q=nonsense' },
  { 'Accept-Encoding': 'gzip, br, identity;q=0' },
  { 'Content-Type': 'text/plain' },
  { Range: 'bytes=0-1' },
  { 'If-None-Match': '*' },
  { 'If-Modified-Since': 'yesterday' },
  { Cookie: 'a=b; ; =; c' },
  { Origin: 'null' },
  { traceparent: '00-00000000000000000000000000000000-0000000000000000-zz' },
  { Authorization: 'Bearer' },
  { 'X-Forwarded-For': '::1, unknown' },
  { 'X-Http-Method-Override': 'DELETE' },
  { 'Accept-Version': '9.9.9' },
  { Expect: '100-continue' },
  { 'X-Long': 'x'.repeat(4000) },
];
