import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Host } from './host.ts';

const switchedOnBy = 'OTEL_EXPORTER_OTLP_ENDPOINT';

/**
 * What services need in their environment to send traces: nothing, unless the user's own environment says where to.
 * For `lab up` only: tracing costs CPU time and would be measured in a run. Variables: OpenTelemetry specification,
 * "Environment Variable Specification".
 */
export function toTracingEnvironment(
  host: Pick<Host, 'environment' | 'repositoryRoot'>,
  log: (line: string) => void,
): Readonly<Record<string, string>> {
  if ((host.environment[switchedOnBy] ?? '') === '') return {};
  const folder = join(host.repositoryRoot, 'tracing');
  if (!existsSync(join(folder, 'node_modules'))) {
    log(`${switchedOnBy} is set, but traces are not installed: npm --prefix tracing ci`);
    return {};
  }
  const ofOpenTelemetry = Object.entries(host.environment).flatMap(([name, value]) =>
    name.startsWith('OTEL_') && value !== undefined ? [[name, value] as const] : [],
  );
  return {
    ...Object.fromEntries(ofOpenTelemetry),
    NODE_OPTIONS: `--import=${pathToFileURL(join(folder, 'register.mjs')).href}`,
  };
}
