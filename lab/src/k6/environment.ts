import type { RunFlags } from './flags.ts';

/** `__ENV` of the script: the variables of the process, unless they are left out, and those of `-e` over them. */
export function scriptEnvironment(
  flags: Pick<RunFlags, 'environment' | 'includeSystemEnvironment'>,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const system = flags.includeSystemEnvironment ? Object.entries(environment) : [];
  const given = system.filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...Object.fromEntries(given), ...flags.environment };
}
