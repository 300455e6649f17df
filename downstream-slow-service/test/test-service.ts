import { pino } from 'pino';
import { parseConfig } from '../src/config.ts';
import type { Config } from '../src/config.ts';
import { createService } from '../src/service.ts';
import type { Service } from '../src/service.ts';
import { createManualClock } from './manual-clock.ts';
import type { ManualClock } from './manual-clock.ts';

export interface TestService extends Service {
  readonly clock: ManualClock;
}

/** The real service with a clock that the test moves; it does not listen. */
export async function createTestService(env: Record<string, string> = {}): Promise<TestService> {
  const clock = createManualClock();
  const processUsage = () => ({ cpuSeconds: 1.5, residentMemoryBytes: 1024 });
  const log = pino({ level: 'silent' });
  return { ...(await createService(testConfig(env), { clock, log, processUsage })), clock };
}

export function testConfig(env: Record<string, string> = {}): Config {
  const { config, faults } = parseConfig({ REPLICA_NAME: 'replica-1', ...env }, 'host');
  if (config === null) throw new Error(JSON.stringify(faults));
  return config;
}
