import { outside } from './host.js';

/** What k6 has and this runner lacks. */
const lacking = ['html', 'submitForm', 'clickLink', 'ocsp', 'tls_cipher_suite'];

/** The last answer of a request, or why there was none. */
export class Response {
  /** @type {any} */
  #json;
  #isParsed = false;

  /** @param {import('../script-request.ts').ScriptResponse} answer */
  constructor(answer) {
    this.status = answer.status;
    this.status_text = answer.statusText;
    this.url = answer.url;
    this.proto = answer.proto;
    this.body = answer.body;
    this.headers = answer.headers;
    this.cookies = {};
    this.error = answer.error;
    this.error_code = answer.errorCode;
    this.timings = answer.timings;
    this.remote_ip = answer.remoteIp;
    this.remote_port = answer.remotePort;
    this.tls_version = answer.tlsVersion;
    this.request = { ...answer.request, cookies: {} };
  }

  /**
   * The body as JSON, or the part of it at a path such as `items.0.id`; undefined where there is none.
   * @param {string} [path]
   */
  json(path) {
    if (!this.#isParsed) {
      if (this.body === null)
        throw new Error('the body is null, so it is no JSON: the request failed or bodies are discarded');
      this.#json = JSON.parse(this.body);
      this.#isParsed = true;
    }
    if (path === undefined) return this.#json;
    if (!/^[\w\- ]+(\.[\w\- ]+)*$/.test(path)) outside(`the path ${path} of Response.json()`);
    return path
      .split('.')
      .reduce((value, name) => (isContainer(value) ? value[name] : undefined), this.#json);
  }
}

for (const name of lacking)
  Object.defineProperty(Response.prototype, name, { get: () => outside(`${name} of Response`) });

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isContainer(value) {
  return typeof value === 'object' && value !== null;
}
