import { complete, host, outside, requireVuContext, toTags, toText } from './host.js';
import { toMs } from './duration.js';
import { Response } from './response.js';

/** @typedef {import('../script-request.ts').ScriptRequest} ScriptRequest */
/** @typedef {string | HttpUrl} Address */
/** @typedef {Record<string, unknown> | null | undefined} Params */

/** Parameters that k6 has and this runner lacks. */
const lacking = ['auth', 'compression', 'cookies', 'jar'];

class HttpUrl {
  /**
   * @param {string} url
   * @param {string} name
   */
  constructor(url, name) {
    this.url = url;
    this.name = name;
  }

  toString() {
    return this.url;
  }
}

// oxlint-disable-next-line typescript/no-extraneous-class -- told by its class from whatever else a script hands over
class ExpectedStatuses {
  /** @param {readonly (readonly [min: number, max: number])[]} ranges */
  constructor(ranges) {
    this.ranges = ranges;
  }
}

/** @type {ExpectedStatuses | null} */
let responseCallback = new ExpectedStatuses([[200, 399]]);

/** @param {(number | { min: number, max: number })[]} statuses */
export function expectedStatuses(...statuses) {
  if (statuses.length === 0) throw new TypeError('expectedStatuses() needs at least one status');
  return new ExpectedStatuses(
    statuses.map((status, index) => {
      const { min, max } = typeof status === 'object' ? status : { min: status, max: status };
      if (!Number.isInteger(min) || !Number.isInteger(max))
        throw new TypeError(
          `argument ${index + 1} of expectedStatuses() is neither a whole number nor {min, max}`,
        );
      return [min, max];
    }),
  );
}

/** @param {unknown} callback */
export function setResponseCallback(callback) {
  responseCallback = toCallback(callback);
}

/**
 * @param {readonly string[]} strings
 * @param {unknown[]} values
 */
export function url(strings, ...values) {
  return new HttpUrl(
    strings.reduce((text, part, index) => `${text}${String(values[index - 1])}${part}`),
    strings.join('${}'),
  );
}

/** @param {string} method */
const withoutBody = (method) => {
  return (/** @type {Address} */ address, /** @type {Params} */ params) =>
    send(method, address, null, params);
};

/** @param {string} method */
const withBody = (method) => {
  return (/** @type {Address} */ address, /** @type {unknown} */ body, /** @type {Params} */ params) =>
    send(method, address, body, params);
};

export const get = withoutBody('GET');
export const head = withoutBody('HEAD');
export const post = withBody('POST');
export const put = withBody('PUT');
export const patch = withBody('PATCH');
export const del = withBody('DELETE');
export const options = withBody('OPTIONS');

/**
 * @param {string} method
 * @param {Address} address
 * @param {unknown} [body]
 * @param {Params} [params]
 */
export function request(method, address, body, params) {
  return send(toText(method).toUpperCase(), address, body, params);
}

/**
 * @param {object} requests
 * @returns {Response[] | Record<string, Response>}
 */
export function batch(requests) {
  if (typeof requests !== 'object' || requests === null)
    throw new TypeError('batch() needs an array or an object of requests');
  const responses = exchange(Object.values(requests).map(toBatched));
  if (Array.isArray(requests)) return responses;
  return Object.fromEntries(Object.keys(requests).map((name, index) => [name, at(responses, index)]));
}

/** @param {unknown} entry */
function toBatched(entry) {
  if (typeof entry === 'string' || entry instanceof HttpUrl) return toRequest('GET', entry, null, null);
  if (Array.isArray(entry)) return toRequest(String(entry[0]).toUpperCase(), entry[1], entry[2], entry[3]);
  const { method = 'GET', url: address, body, params } = /** @type {any} */ (entry);
  return toRequest(String(method).toUpperCase(), address, body, params);
}

/**
 * @param {string} method
 * @param {Address} address
 * @param {unknown} body
 * @param {Params} [params]
 */
function send(method, address, body, params) {
  return at(exchange([toRequest(method, address, body, params)]), 0);
}

/** @param {readonly ScriptRequest[]} requests */
function exchange(requests) {
  requireVuContext('an HTTP request');
  /** @type {import('../script-request.ts').ScriptResponse[]} */
  const answers = JSON.parse(host.exchange(JSON.stringify(requests)));
  return answers.map((answer) => {
    if (answer.isThrown) throw new Error(answer.error);
    return new Response(answer);
  });
}

/**
 * @param {string} method
 * @param {Address} address
 * @param {unknown} body
 * @param {Params} [params]
 * @returns {ScriptRequest}
 */
function toRequest(method, address, body, params) {
  const {
    headers,
    tags,
    timeout,
    redirects,
    responseType,
    responseCallback: own,
    throw: throws,
  } = params ?? {};
  for (const name of lacking)
    if (params?.[name] !== undefined && params[name] !== null) outside(`${name} of Params`);
  if (responseType === 'binary') outside('responseType binary of Params');
  const callback = own === undefined ? responseCallback : toCallback(own);
  return {
    method,
    url: String(address),
    name: address instanceof HttpUrl ? address.name : undefined,
    ...toBody(body),
    headers: toHeaders(headers),
    tags: toTags(tags),
    timeoutMs: timeout === undefined || timeout === null ? undefined : toMs(timeout),
    redirects: typeof redirects === 'number' ? redirects : undefined,
    wantsBody: responseType === undefined || responseType === null ? undefined : responseType !== 'none',
    throws: typeof throws === 'boolean' ? throws : undefined,
    expected: callback === null ? null : callback.ranges,
  };
}

/**
 * @param {unknown} body
 * @returns {Pick<ScriptRequest, 'body' | 'form'>}
 */
function toBody(body) {
  if (body === undefined || body === null) return {};
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) outside('a binary request body');
  if (typeof body !== 'object') return { body: toText(body) };
  const fields = Object.entries(body).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map(
      (one) => /** @type {[string, string]} */ ([name, String(one)]),
    ),
  );
  return { form: fields };
}

/** @param {unknown} headers */
function toHeaders(headers) {
  /** @type {Record<string, string>} */
  const texts = {};
  if (typeof headers !== 'object' || headers === null) return texts;
  for (const [name, value] of Object.entries(headers)) texts[name] = String(value);
  return texts;
}

/** @param {unknown} callback */
function toCallback(callback) {
  if (callback === null || callback instanceof ExpectedStatuses) return callback;
  throw new TypeError('a response callback is what expectedStatuses() returns, or null');
}

/**
 * @param {readonly Response[]} responses
 * @param {number} index
 */
function at(responses, index) {
  return /** @type {Response} */ (responses[index]);
}

// oxlint-disable-next-line import/no-default-export -- scripts import it so
export default complete('k6/http', {
  batch,
  del,
  expectedStatuses,
  get,
  head,
  options,
  patch,
  post,
  put,
  request,
  setResponseCallback,
  url,
});
