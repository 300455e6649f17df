import type { HttpConfiguration } from '../configuration.ts';
import type { HopRequest } from './http-hop.ts';
import { genericError, type RequestError } from './request-error.ts';
import type { ScriptRequest } from './script-request.ts';

const invalidUrlError = 1020;

export function toUrl(text: string): URL | RequestError {
  if (!URL.canParse(text)) return { code: invalidUrlError, message: `invalid URL: ${text}` };
  const url = new URL(text);
  if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  return { code: genericError, message: `unsupported protocol ${url.protocol.slice(0, -1)}` };
}

/** What goes out first for a request of the script. */
export function firstHop(
  { url: text, method, body, form, headers, wantsBody }: ScriptRequest,
  url: URL,
  { userAgent, discardResponseBodies }: HttpConfiguration,
): HopRequest {
  const sent = form === undefined ? body : encode(form);
  return {
    method,
    url,
    address: url.username === '' && url.password === '' ? text : addressOf(url),
    headers: withDefaults(headers, {
      'User-Agent': userAgent,
      ...(form === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }),
      // Node would leave it out for methods that seldom have a body.
      ...(sent === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(sent)) }),
    }),
    body: sent,
    wantsBody: wantsBody ?? !discardResponseBodies,
  };
}

function encode(form: NonNullable<ScriptRequest['form']>): string {
  return new URLSearchParams(form.map(([name, value]): [string, string] => [name, value])).toString();
}

/** Headers of the script stand; upper and lower case do not count. */
function withDefaults(
  headers: ScriptRequest['headers'],
  defaults: Readonly<Record<string, string>>,
): Record<string, string> {
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const missing = Object.entries(defaults).filter(([name]) => !given.has(name.toLowerCase()));
  return { ...Object.fromEntries(missing), ...headers };
}

/** Without user and password. */
export function addressOf(url: URL): string {
  if (url.username === '' && url.password === '') return url.href;
  const clean = new URL(url);
  clean.username = '';
  clean.password = '';
  return clean.href;
}
