import type { Exchange } from './http-client.ts';
import { canonicalHeaders, canonicalName } from './header-names.ts';
import type { Hop } from './http-hop.ts';
import type { HostParts } from './host-parts.ts';
import { statusErrorCode } from './request-error.ts';
import { requestSamples } from './request-samples.ts';
import type { ScriptRequest, ScriptResponse } from './script-request.ts';

/** Sends a request of the script, samples it, and makes the answer that the script sees. */
export async function exchangeForScript(request: ScriptRequest, vu: HostParts): Promise<ScriptResponse> {
  const { run, client, state } = vu;
  const callTags = vu.tags.current();
  const exchange = await client.exchange(request, run.options.http());
  if (state.isInterrupted) return toResponse(request, exchange, false);
  run.options.onSamples(requestSamples(request, exchange, callTags, vu.systemTags));
  for (const { sentBytes, receivedBytes, setsCookies } of exchange.hops) {
    state.sentBytes += sentBytes;
    state.receivedBytes += receivedBytes;
    if (setsCookies)
      run.warnOnce(
        'a server sets cookies, and this runner does not keep them: a script that needs them runs with k6 only',
      );
  }
  const { error } = exchange;
  const isThrown = error !== null && (request.throws ?? run.throws());
  if (error !== null && !isThrown)
    run.options.onLog('warn', `Request Failed error="${request.method} ${request.url}: ${error.message}"`);
  return toResponse(request, exchange, isThrown);
}

const noTimings = {
  blocked: 0,
  connecting: 0,
  tls_handshaking: 0,
  sending: 0,
  waiting: 0,
  receiving: 0,
  duration: 0,
};

function toResponse(request: ScriptRequest, { hops, error }: Exchange, isThrown: boolean): ScriptResponse {
  const hop = hops.at(-1);
  return {
    status: hop?.status ?? 0,
    statusText: hop?.statusText ?? '',
    url: hop?.request.address ?? request.url,
    proto: hop?.proto ?? '',
    body: hop?.body ?? null,
    headers: canonicalHeaders(hop?.rawHeaders ?? []),
    error: error?.message ?? '',
    errorCode: error?.code ?? statusErrorCode(hop?.status ?? 0),
    timings: hop?.timings ?? noTimings,
    remoteIp: hop?.remoteIp ?? '',
    remotePort: hop?.remotePort ?? 0,
    tlsVersion: hop?.tlsVersion ?? '',
    request: toSent(request, hop),
    isThrown,
  };
}

function toSent(request: ScriptRequest, hop: Hop | undefined): ScriptResponse['request'] {
  const { method, address, headers, body } = hop?.request ?? { ...request, address: request.url };
  return {
    method,
    url: address,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [canonicalName(name), [value]]),
    ),
    body: body ?? '',
  };
}
