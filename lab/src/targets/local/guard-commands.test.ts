import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createTestFolder, createTestHost, repositoryRoot } from '../../../../test/local-target.ts';
import { startGuard } from './guard.ts';

it('runs the commands that end containers, in their order, but none that was taken back', async () => {
  const folder = createTestFolder();
  const file = (name: string): string => join(folder, name);
  const guard = startGuard(createTestHost(), { runId: 'commands', repositoryRoot });
  const command = (name: string, ...args: readonly string[]) =>
    guard.registerCommand({ name, file: '/bin/sh', args: ['-c', ...args], environment: { FOLDER: folder } });
  command('fails', 'exit 3');
  command('first', 'mkdir "$FOLDER/made"');
  command('second', 'touch "$FOLDER/made/inside"');
  command('taken back', 'touch "$FOLDER/unwanted"');
  guard.forgetCommand('taken back');
  await guard.endAll();
  expect(existsSync(file('made/inside'))).toBe(true);
  expect(existsSync(file('unwanted'))).toBe(false);
});
