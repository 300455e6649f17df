import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startLab } from './lab-process.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const readme = read('README.md');

test('every lab command and npm script that the README names exists', async () => {
  const { stdout } = await startLab(['--help']).ended;
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const commands = [...readme.matchAll(/npx lab ([a-z][a-z0-9]*)/g)].map(([, name]) => name);
  expect(commands.length).toBeGreaterThan(3);
  for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
  const names = [...readme.matchAll(/npm (?:run )?(start|test|[a-z:]+)`?/g)].map(([, name]) => name ?? '');
  for (const name of names.filter((word) => word !== 'ci')) expect(Object.keys(scripts)).toContain(name);
});

test('every file and picture that the README links to is there', () => {
  const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, link]) => link ?? '');
  const local = links.filter((link) => !link.startsWith('http'));
  expect(local.length).toBeGreaterThan(4);
  for (const link of local)
    expect(() => read(link.replace(/^(docs\/decisions)$/, '$1/0001-our-own-load-driver.md'))).not.toThrow();
});
