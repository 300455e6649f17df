import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Environment } from '../core/document.ts';
import type { TargetDescription } from '../targets/target.ts';
import type { Host } from './host.ts';

/** Packages whose version can change a measurement. */
const measuredPackages = ['fastify', 'pg', 'undici', 'hdr-histogram-js', '@platformatic/prom-client'];

/** What the figures of a run depend on. */
export async function describeEnvironment(host: Host, target: TargetDescription): Promise<Environment> {
  return {
    commit: await readCommit(host.repositoryRoot),
    node: host.nodeVersion,
    platform: `${host.local.platform}-${host.local.architecture}`,
    cpuModel: cpus()[0]?.model.trim() ?? 'unknown',
    cores: host.machine.cores,
    limits: target.limits,
    postgres: target.postgresVersion,
    packages: await readVersions(host.repositoryRoot),
  };
}

async function readCommit(folder: string): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)('git', ['-C', folder, 'rev-parse', 'HEAD'], {
      timeout: 2000,
    });
    return stdout.trim();
  } catch {
    return null;
  }
}

async function readVersions(root: string): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const name of measuredPackages) {
    try {
      const text = await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8');
      versions[name] = (JSON.parse(text) as { version: string }).version;
    } catch {
      // A package that is not at the root is left out; nothing depends on the list being whole.
    }
  }
  return versions;
}
