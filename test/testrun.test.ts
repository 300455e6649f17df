import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, describe, expect, it } from 'vitest';
import { only, parseManifests, root, type Manifest } from './manifest-files.ts';

interface Pod {
  readonly automountServiceAccountToken: string;
  readonly serviceAccountName: string;
  readonly image?: string;
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly resources: {
    readonly requests: Readonly<Record<string, string>>;
    readonly limits: Readonly<Record<string, string>>;
  };
  readonly securityContext: object;
  readonly containerSecurityContext: object;
  readonly volumes?: readonly {
    readonly configMap?: { readonly items: readonly { readonly key: string; readonly path: string }[] };
  }[];
}
interface TestRun {
  readonly parallelism: number;
  readonly cleanup?: string;
  readonly script: { readonly localFile: string };
  readonly runner: Pod;
  readonly starter: Pod;
}

const load = join(root, 'load-tests');
const scripts = readdirSync(join(load, 'k6'))
  .filter((file) => file.endsWith('.js') && file !== 'plan.js')
  .map((file) => file.replace('.js', ''));
const temporary = mkdtempSync(join(tmpdir(), 'testrun-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const builders = [
  ['kustomize', 'build'],
  ['kubectl', 'kustomize'],
] as const;
const builder = builders.find(([program]) => spawnSync(program, ['help']).status === 0);

function build(folder: string): Manifest[] {
  const [program, verb] = builder ?? builders[0];
  const { status, stdout, stderr } = spawnSync(program, [verb, folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return parseManifests(stdout);
}
const buildScript = (script: string) => build(join(load, 'k8s', script));

function testRunOf(manifests: readonly Manifest[]): TestRun {
  const found = manifests.find(({ kind }) => kind === 'TestRun');
  return found?.spec as unknown as TestRun;
}
const environmentOf = (manifests: readonly Manifest[]) =>
  only(manifests, 'ConfigMap', 'load-test').data ?? {};

/** A script with a component, as load-tests/README.md says how. */
function buildWith(script: string, component: string): Manifest[] {
  const folder = join(temporary, `${script}-${component}`);
  mkdirSync(folder);
  const path = (name: string) => relative(folder, join(load, 'k8s', name));
  const text = `resources: [${path(script)}]\ncomponents: [${path(`components/${component}`)}]\n`;
  writeFileSync(join(folder, 'kustomization.yaml'), text);
  return build(folder);
}

it('has a folder for each of the six scripts', () => {
  const folders = readdirSync(join(load, 'k8s'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .filter((name) => !['base', 'components', 'control'].includes(name));
  expect(folders.sort()).toEqual(scripts.sort());
});

describe.skipIf(!builder).each(scripts)('the TestRun of %s', (script) => {
  const manifests = builder ? buildScript(script) : [];
  const spec = () => testRunOf(manifests);

  it('has nothing but fields that the operator knows, of the types that it wants', () => {
    const validate = new Ajv({ strict: false, logger: false }).compile(readSchema());
    validate(manifests.find(({ kind }) => kind === 'TestRun'));
    expect(validate.errors).toBeNull();
  });

  it('is restricted: numbered users, no right, a read-only root, no token', () => {
    for (const pod of [spec().runner, spec().starter]) {
      expect(pod.securityContext).toEqual({
        runAsNonRoot: true,
        runAsUser: 10001,
        runAsGroup: 10001,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(pod.containerSecurityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(pod.automountServiceAccountToken).toBe('false');
      const account = only(manifests, 'ServiceAccount', pod.serviceAccountName);
      expect(account.automountServiceAccountToken).toBe(false);
    }
  });

  it('has limits of memory, and none of CPU, which would make the generator late', () => {
    for (const { resources } of [spec().runner, spec().starter]) {
      expect(Object.keys(resources.requests).sort()).toEqual(['cpu', 'memory']);
      expect(Object.keys(resources.limits)).toEqual(['memory']);
    }
  });

  it('lies in the namespace of the system, and brings no object of another one', () => {
    for (const { metadata } of manifests) expect(metadata.namespace).toBe('load-testing');
  });

  it('mounts a script that our runner loads, with its variables and all that it imports', () => {
    const files = only(manifests, 'ConfigMap', 'k6-scripts').data ?? {};
    const items = spec().runner.volumes?.flatMap(({ configMap }) => configMap?.items ?? []) ?? [];
    expect(items.map(({ key }) => key).sort()).toEqual(Object.keys(files).sort());
    const volume = join(temporary, script);
    for (const { key, path } of items) {
      mkdirSync(dirname(join(volume, path)), { recursive: true });
      writeFileSync(join(volume, path), files[key] ?? '');
    }
    const file = spec().script.localFile.replace('/scripts', volume);
    const run = spawnSync(process.execPath, [join(root, 'lab/bin/lab.mjs'), 'k6', 'run', file], {
      env: { ...environmentOf(manifests), PATH: process.env['PATH'], BASE_URL: 'http://127.0.0.1:1' },
      encoding: 'utf8',
    });
    // Loaded, and ended by setup(), because nothing answers there.
    expect(run.stderr).toContain('nothing healthy answers at http://127.0.0.1:1/health');
    expect(run.status).toBe(108);
  });

  it('is let in by a policy on the port of k6 alone, for the starter and the operator', () => {
    const policy = only(manifests, 'NetworkPolicy', 'load-test').spec as {
      podSelector: { matchLabels: object };
      ingress: { from: { podSelector?: { matchLabels: object } }[]; ports: { port: number }[] }[];
    };
    const [rule] = policy.ingress;
    expect(spec().runner.metadata.labels).toMatchObject(policy.podSelector.matchLabels);
    expect(spec().starter.metadata.labels).toMatchObject(
      rule?.from[0]?.podSelector?.matchLabels ?? { no: 1 },
    );
    expect(policy.ingress.flatMap(({ ports }) => ports.map(({ port }) => port))).toEqual([6565]);
  });
});

describe.skipIf(!builder)('the components', () => {
  it('fixed: claim that the failure does not happen, on a system that has its fix already', () => {
    const manifests = buildWith('cascade-failure', 'fixed');
    expect(environmentOf(manifests)).toMatchObject({ EXPECT: 'fixed', FIX: 'preset' });
  });

  it('parallel: three runners, of which none judges its share', () => {
    const manifests = buildWith('baseline', 'parallel');
    expect(testRunOf(manifests).parallelism).toBe(3);
    expect(environmentOf(manifests)).toMatchObject({ EXPECT: 'none' });
  });

  it('cleanup: let the operator delete what it made', () => {
    expect(testRunOf(buildWith('baseline', 'cleanup')).cleanup).toBe('post');
  });
});

describe.skipIf(!builder)('load-tests/k8s/control', () => {
  const manifests = builder ? buildScript('control') : [];

  it('opens the control API with a token, and to the runners alone', () => {
    const text = JSON.stringify(only(manifests, 'Deployment', 'downstream-service').spec);
    expect(text).toContain('{"name":"CONTROL_HOST","value":"0.0.0.0"}');
    expect(text).toContain('"secretKeyRef":{"key":"CONTROL_TOKEN","name":"load-test-control"}');
    expect(only(manifests, 'NetworkPolicy', 'downstream-control').spec['ingress']).toEqual([
      {
        from: [
          {
            podSelector: {
              matchLabels: {
                'app.kubernetes.io/name': 'load-test',
                'app.kubernetes.io/component': 'runner',
              },
            },
          },
        ],
        ports: [{ port: 8101, protocol: 'TCP' }],
      },
    ]);
    expect(manifests.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  it('is where the runners look for it', () => {
    const service = only(manifests, 'Service', 'downstream-control');
    const url = environmentOf(buildScript('cascade-failure'))['DOWNSTREAM_CONTROL_URL'];
    expect(url).toBe(`http://${service.metadata.name}:8101`);
  });
});

/** Ours, of the fields that are used; or TESTRUN_SCHEMA, a file made from the operator's own definition. */
function readSchema(): object {
  const file = process.env['TESTRUN_SCHEMA'] ?? join(load, 'k8s/testrun.schema.json');
  return JSON.parse(readFileSync(file, 'utf8')) as object;
}
