import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  amount,
  containerOf,
  only,
  parseManifests,
  readManifests,
  root,
  type Manifest,
} from './manifest-files.ts';

const folders = (path: string): string[] =>
  readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
const lessons = folders('k8s/lessons');

function run(program: readonly [string, ...string[]], folder: string) {
  const [command, ...parameters] = program;
  return spawnSync(command, [...parameters, join(root, folder)], { encoding: 'utf8' });
}
const builders = [
  ['kustomize', 'build'],
  ['kubectl', 'kustomize'],
] as const;
/** Undefined: this machine has neither kustomize nor kubectl. */
const builder = builders.find((program) => run(program, 'k8s/base').status === 0);

function build(folder: string): Manifest[] {
  const { status, stdout, stderr } = run(builder ?? builders[0], folder);
  if (status !== 0) throw new Error(stderr);
  return parseManifests(stdout);
}

const backendIn = (manifests: readonly Manifest[]) =>
  containerOf(only(manifests, 'Deployment', 'backend-app'));
const environmentIn = (manifests: readonly Manifest[], name: string): string =>
  backendIn(manifests).env?.find((variable) => variable.name === name)?.value ??
  only(manifests, 'ConfigMap', 'backend-app').data?.[name] ??
  '';
const limitIn = (manifests: readonly Manifest[], what: string): number =>
  amount(backendIn(manifests).resources?.limits?.[what]);

/** What the good twin of each lesson keeps, and the bad variant breaks. */
const rules: Record<string, (manifests: readonly Manifest[]) => boolean> = {
  'cpu-limit-too-low': (all) => limitIn(all, 'cpu') >= 1,
  'heap-above-limit': (all) =>
    amount(`${environmentIn(all, 'NODE_OPTIONS').split('=')[1]}Mi`) <= 0.75 * limitIn(all, 'memory'),
  'hpa-on-memory': (all) =>
    isDeepStrictEqual(only(all, 'HorizontalPodAutoscaler', 'backend-app'), readManifests('k8s/hpa.yaml')[0]),
  'hpa-without-cpu-request': (all) => backendIn(all).resources?.requests?.['cpu'] !== undefined,
  'liveness-on-dependency': (all) => backendIn(all).livenessProbe?.httpGet?.path === '/livez',
  'memory-limit-too-low': (all) => limitIn(all, 'memory') >= 2 * amount('128Mi'),
  'no-drain': (all) =>
    backendIn(all).lifecycle?.preStop !== undefined && Number(environmentIn(all, 'DRAIN_DELAY_MS')) > 0,
  'no-readiness-probe': (all) => backendIn(all).readinessProbe?.httpGet?.path === '/readyz',
  'no-startup-probe': (all) => backendIn(all).startupProbe !== undefined,
  'pdb-blocks-drain': (all) => only(all, 'PodDisruptionBudget', 'backend-app').spec['maxUnavailable'] === 1,
  'replicas-times-pool': (all) => 11 * (Number(environmentIn(all, 'DATABASE_POOL_SIZE')) + 1) < 200,
  'requests-without-limits': (all) => limitIn(all, 'memory') > 0,
};

describe('the lessons', () => {
  it('have a bad variant, a good twin and a line in the README each', () => {
    const page = readFileSync(join(root, 'k8s/lessons/README.md'), 'utf8');
    for (const lesson of lessons) {
      expect(folders(`k8s/lessons/${lesson}`).sort()).toEqual(['bad', 'good']);
      expect(page).toContain(`| \`${lesson}\``);
    }
    expect(Object.keys(rules)).toEqual([...lessons].sort());
  });

  it.skipIf(!builder).each(lessons)('%s: the good twin keeps a rule that the bad one breaks', (lesson) => {
    const variants = ['good', 'bad'].map((variant) => build(`k8s/lessons/${lesson}/${variant}`));
    expect(variants.map((all) => rules[lesson]?.(all))).toEqual([true, false]);
  });

  it.skipIf(!builder).each(lessons)('%s changes neither the Service nor the database', (lesson) => {
    const [good, bad] = ['good', 'bad'].map((variant) =>
      build(`k8s/lessons/${lesson}/${variant}`).map(({ kind, metadata }) => `${kind} ${metadata.name}`),
    );
    expect(bad).toEqual(good);
    expect(good?.join()).not.toMatch(/StatefulSet|Secret|Namespace/);
  });
});

describe.skipIf(!builder)('the overlays', () => {
  it('for Minikube have the Secret that the pods name, and a volume for the database', () => {
    const all = build('k8s/overlays/minikube');
    expect(Object.keys(only(all, 'Secret', 'postgres').data ?? {}).sort()).toEqual([
      'POSTGRES_DB',
      'POSTGRES_PASSWORD',
      'POSTGRES_USER',
    ]);
    expect(only(all, 'StatefulSet', 'postgres').spec).toHaveProperty('volumeClaimTemplates');
  });

  it('for a cluster without storage claim no volume', () => {
    const { spec } = only(build('k8s/overlays/no-storage'), 'StatefulSet', 'postgres');
    expect(spec).not.toHaveProperty('volumeClaimTemplates');
    expect(JSON.stringify(spec)).toContain('{"emptyDir":{"sizeLimit":"1Gi"},"name":"data"}');
  });

  it.each(['k8s/overlays/minikube', 'k8s/overlays/no-storage', 'downstream-slow-service/k8s'])(
    'have no autoscaler: %s',
    (folder) => {
      expect(build(folder).map(({ kind }) => kind)).not.toContain('HorizontalPodAutoscaler');
    },
  );
});
