import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Generator, GeneratorLauncher } from '../../core/generators.ts';
import { readBootId } from '../../targets/container/boot-id.ts';
import { describeDriver, type DriverUnderTest } from '../driver.contract.ts';
import { createClusterDriver } from './cluster.ts';

/** A generator needs JavaScript: `npm run build`, part of `npm ci`, compiles it. */
const entry = fileURLToPath(new URL('../../../dist/entries/generator.js', import.meta.url));
const monotonicMs = () => Number(process.hrtime.bigint()) / 1e6;

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function toGenerator(child: ChildProcess, index: number): Generator {
  return {
    name: `local-${index}`,
    tell: (line) => {
      if (child.stdin?.writable === true) child.stdin.write(`${line}\n`);
    },
    listen: (onLine) => {
      if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', onLine);
    },
    ended: new Promise((resolve) => {
      child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
    }),
  };
}

/** Three generators as processes of this machine, in place of pods. */
function createTested(): DriverUnderTest {
  let children: readonly ChildProcess[] = [];
  const launcher: GeneratorLauncher = {
    systemUrl: null,
    bootId: readBootId(),
    launch: (count) => {
      children = Array.from({ length: count }, () => {
        const child = spawn(process.execPath, [entry], { stdio: ['pipe', 'pipe', 'inherit'] });
        child.stdin.on('error', () => undefined);
        return child;
      });
      const generators = children.map(toGenerator);
      const stop = async (): Promise<void> => {
        // As when the lab goes: its standard input closes, and it ends by itself.
        for (const child of children) child.stdin?.end();
        await Promise.all(generators.map(({ ended }) => ended));
      };
      return Promise.resolve({ generators, stop });
    },
  };
  return {
    driver: createClusterDriver({ launcher, count: 3, monotonicMs }),
    kill: () => void children[1]?.kill('SIGKILL'),
    isAlive: () => children.some((child) => !hasEnded(child)),
  };
}

describeDriver('cluster', createTested);
