import type { Sample, Tags } from '../metric.ts';
import type { Exchange } from './http-client.ts';
import type { Hop } from './http-hop.ts';
import { statusErrorCode } from './request-error.ts';
import type { ScriptRequest, StatusRange } from './script-request.ts';

const phases = ['blocked', 'connecting', 'tls_handshaking', 'sending', 'waiting', 'receiving'] as const;

/** The samples of each hop, tagged by what is known of it. `callTags` are those of the call, without the request's own. */
export function requestSamples(
  request: ScriptRequest,
  { hops }: Exchange,
  callTags: Tags,
  systemTags: ReadonlySet<string>,
): Sample[] {
  const given = request.tags === '' ? callTags : { ...callTags, ...(JSON.parse(request.tags) as Tags) };
  return hops.flatMap((hop) => {
    const isExpected = request.expected === null ? null : isWithin(hop.status, request.expected);
    const tags = withHop(given, hop, request, isExpected, systemTags);
    const sample = (metric: string, value: number): Sample => ({
      metric,
      value,
      timeMs: hop.endedAtMs,
      tags,
    });
    return [
      sample('http_reqs', 1),
      sample('http_req_duration', hop.timings.duration),
      ...phases.map((phase) => sample(`http_req_${phase}`, hop.timings[phase])),
      ...(isExpected === null ? [] : [sample('http_req_failed', isExpected ? 0 : 1)]),
    ];
  });
}

function withHop(
  given: Tags,
  { request: { method, address }, status, proto, error, tlsVersion, remoteIp }: Hop,
  { name: template }: ScriptRequest,
  isExpected: boolean | null,
  systemTags: ReadonlySet<string>,
): Tags {
  const grouped = given['name'] ?? template;
  const errorCode = error?.code ?? statusErrorCode(status);
  const tags: Record<string, string> = { ...given };
  const set = (name: string, value: string) => {
    if (value !== '' && systemTags.has(name)) tags[name] = value;
  };
  set('proto', proto);
  set('status', String(status));
  set('method', method);
  set('url', grouped ?? address);
  set('name', grouped ?? address);
  set('error', error?.message ?? '');
  set('error_code', errorCode === 0 ? '' : String(errorCode));
  set('tls_version', tlsVersion);
  set('ip', remoteIp);
  set('expected_response', isExpected === null ? '' : String(isExpected));
  return tags;
}

function isWithin(status: number, ranges: readonly StatusRange[]): boolean {
  return ranges.some(([min, max]) => status >= min && status <= max);
}
