import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findOnPath } from './run-bash.ts';

const script = join(import.meta.dirname, '../scripts/lint-infrastructure.mjs');
const tools = ['shellcheck', 'shfmt', 'hadolint', 'kustomize', 'kubeconform', 'promtool', 'actionlint'];
let bin: string;
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'lint-test-'));
  for (const name of ['git', 'bash']) symlinkSync(findOnPath(name) ?? '', join(bin, name));
});
afterEach(() => rmSync(bin, { recursive: true, force: true }));

/** A tool that says what it was given, and ends with this code. */
function provide(name: string, code = 0, says = '$*'): void {
  const text = `#!/bin/bash\n[ "$*" = --help ] && exit\necho "${says}"\nexit ${code}\n`;
  writeFileSync(join(bin, name), text);
  chmodSync(join(bin, name), 0o755);
}
function lint(...parameters: string[]) {
  const ended = spawnSync(process.execPath, [script, ...parameters], {
    env: { PATH: bin },
    encoding: 'utf8',
  });
  return { code: ended.status, stdout: ended.stdout, stderr: ended.stderr };
}

it('says of every tool that is not there that it is skipped, and where to get it', () => {
  const { code, stdout } = lint();
  expect(code).toBe(0);
  const lines = stdout.trim().split('\n');
  expect(lines.map((line) => /^SKIPPED (\w+): it is not on PATH: .*install/.exec(line)?.[1])).toEqual(tools);
});

it('fails with --all where a tool is missing', () => {
  const { code, stdout } = lint('--all');
  expect(code).toBe(1);
  expect(stdout.match(/^FAILED {2}/gm)).toHaveLength(tools.length);
});

it('fails, and shows what a tool said, when the tool found something', () => {
  provide('shellcheck', 1);
  const { code, stdout, stderr } = lint('shellcheck');
  expect(code).toBe(1);
  expect(stdout).toContain('FAILED  shellcheck');
  for (const file of ['.ci/run', 'scripts/lib/common.sh', 'test/stand-ins/kubectl'])
    expect(stderr).toContain(file);
});

it('gives the tools every Dockerfile, rule and test of rules', () => {
  provide('hadolint', 1);
  expect(lint('hadolint').stderr).toContain(
    'docker/Dockerfile docker/front/Dockerfile docker/lab.Dockerfile',
  );
  provide('promtool', 1);
  const { stderr } = lint('promtool');
  expect(stderr).toContain('check rules observability/prometheus/rules/burn-rate.yml');
  expect(stderr).toContain('test rules observability/prometheus/tests/burn-rate.yml');
});

it('says that the schemas are out of reach, and what to set', () => {
  provide('kubeconform', 1, 'failed downloading schema at https://example.com');
  const { code, stdout } = lint('kubeconform');
  expect(code).toBe(0);
  expect(stdout).toMatch(/SKIPPED kubeconform: .*KUBECONFORM_SCHEMA_LOCATION/);
});

it('names the version of Kubernetes that refuses a manifest', () => {
  provide('kustomize', 0, 'kind: Namespace');
  provide('kubeconform', 1);
  const { code, stderr } = lint('kubeconform');
  expect(code).toBe(1);
  expect([...stderr.matchAll(/^Kubernetes 1\.(\d+)\.\d+:/gm)].map(([, minor]) => Number(minor))).toEqual([
    31, 32, 33, 34, 35, 36,
  ]);
  expect(stderr).toContain('-strict');
  expect(stderr).toContain('k8s/hpa.yaml');
});

it('knows no other tool', () => {
  const { code, stderr } = lint('yamllint');
  expect(code).toBe(2);
  expect(stderr).toContain('unknown: yamllint');
});
