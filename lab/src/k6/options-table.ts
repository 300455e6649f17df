import { isObject, type RawOptions } from './options-reader.ts';

/** How an option is given outside of the script. */
export interface OptionSource {
  /** Its name in the script's options. */
  readonly option: string;
  readonly flag?: string;
  readonly short?: string;
  readonly variable?: string;
  /** A switch needs no value on the command line. */
  readonly isSwitch?: boolean;
  /** What the flag is, for the list of flags. */
  readonly help: string;
  /** Reads one text; what cannot be read stays text, and is refused where the option is checked. */
  readonly read: (text: string, previous: unknown) => unknown;
}

const asText = (text: string) => text;
const asNumber = (text: string) => (/^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text);
const asBoolean = (text: string) => (text === 'true' || text === 'false' ? text === 'true' : text);
const asList = (text: string) => text.split(',').map((entry) => entry.trim());

/** `5s:10,5m:20`; several flags add up. */
function asStages(text: string, previous: unknown): unknown {
  const stages = text.split(',').map((stage) => {
    const [duration = '', target = ''] = stage.split(':');
    return { duration, target: asNumber(target) };
  });
  return Array.isArray(previous) ? [...(previous as unknown[]), ...stages] : stages;
}

function asTag(text: string, previous: unknown): unknown {
  const separator = text.indexOf('=');
  if (separator < 1) return text;
  const tag = { [text.slice(0, separator)]: text.slice(separator + 1) };
  return isObject(previous) ? { ...previous, ...tag } : tag;
}

/** Options that the environment or the command line can set (https://grafana.com/docs/k6/latest/using-k6/k6-options/reference/). */
export const optionSources: readonly OptionSource[] = [
  { option: 'vus', flag: 'vus', short: 'u', variable: 'K6_VUS', read: asNumber, help: 'number of VUs' },
  {
    option: 'duration',
    flag: 'duration',
    short: 'd',
    variable: 'K6_DURATION',
    read: asText,
    help: 'how long the VUs loop, for example 1m30s',
  },
  {
    option: 'iterations',
    flag: 'iterations',
    short: 'i',
    variable: 'K6_ITERATIONS',
    read: asNumber,
    help: 'iterations that the VUs share',
  },
  {
    option: 'stages',
    flag: 'stage',
    short: 's',
    variable: 'K6_STAGES',
    read: asStages,
    help: '<duration>:<target>, a ramp of VUs; repeatable, or by comma',
  },
  { option: 'tags', flag: 'tag', read: asTag, help: 'name=value, a tag of every sample; repeatable' },
  {
    option: 'summaryTrendStats',
    flag: 'summary-trend-stats',
    variable: 'K6_SUMMARY_TREND_STATS',
    read: asList,
    help: 'what the summary shows of trends, for example avg,p(99)',
  },
  {
    option: 'systemTags',
    flag: 'system-tags',
    variable: 'K6_SYSTEM_TAGS',
    read: asList,
    help: 'system tags that samples carry, by comma',
  },
  { option: 'setupTimeout', variable: 'K6_SETUP_TIMEOUT', read: asText, help: '' },
  { option: 'teardownTimeout', variable: 'K6_TEARDOWN_TIMEOUT', read: asText, help: '' },
  {
    option: 'minIterationDuration',
    flag: 'min-iteration-duration',
    variable: 'K6_MIN_ITERATION_DURATION',
    read: asText,
    help: 'an iteration lasts at least so long',
  },
  {
    option: 'discardResponseBodies',
    flag: 'discard-response-bodies',
    variable: 'K6_DISCARD_RESPONSE_BODIES',
    isSwitch: true,
    read: asBoolean,
    help: 'bodies are not kept',
  },
  {
    option: 'insecureSkipTLSVerify',
    flag: 'insecure-skip-tls-verify',
    variable: 'K6_INSECURE_SKIP_TLS_VERIFY',
    isSwitch: true,
    read: asBoolean,
    help: 'certificates are not checked',
  },
  {
    option: 'noConnectionReuse',
    flag: 'no-connection-reuse',
    variable: 'K6_NO_CONNECTION_REUSE',
    isSwitch: true,
    read: asBoolean,
    help: 'a connection for each request',
  },
  {
    option: 'noVUConnectionReuse',
    flag: 'no-vu-connection-reuse',
    variable: 'K6_NO_VU_CONNECTION_REUSE',
    isSwitch: true,
    read: asBoolean,
    help: 'new connections in each iteration',
  },
  {
    option: 'maxRedirects',
    flag: 'max-redirects',
    variable: 'K6_MAX_REDIRECTS',
    read: asNumber,
    help: 'redirects that a request follows',
  },
  {
    option: 'userAgent',
    flag: 'user-agent',
    variable: 'K6_USER_AGENT',
    read: asText,
    help: 'the header User-Agent',
  },
  {
    option: 'throw',
    flag: 'throw',
    short: 'w',
    variable: 'K6_THROW',
    isSwitch: true,
    read: asBoolean,
    help: 'a failed request throws',
  },
];

/** Options of k6 that this runner does not have; a script that sets one is not run. */
export const unsupportedOptions: readonly string[] = [
  'batch',
  'batchPerHost',
  'blacklistIPs',
  'blockHostnames',
  'dns',
  'executionSegment',
  'executionSegmentSequence',
  'handleSummaryTimeout',
  'hosts',
  'httpDebug',
  'linger',
  'localIPs',
  'noCookiesReset',
  'paused',
  'rps',
  'summaryTimeUnit',
  'tlsAIAFetch',
  'tlsAuth',
  'tlsCipherSuites',
  'tlsVersion',
];

/** Options of k6 that have no meaning for a run like ours; k6 does not heed them here either. */
export const meaninglessOptions: readonly string[] = ['cloud', 'ext', 'noUsageReport', 'vusMax'];

/** What the process's environment says, in the script's spelling. */
export function optionsFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): RawOptions {
  const options: Record<string, unknown> = {};
  for (const { option, variable, read } of optionSources) {
    const text = variable === undefined ? undefined : environment[variable];
    if (text !== undefined && text !== '') options[option] = read(text, undefined);
  }
  return options;
}
