/** The walls of docs/architecture.md. Each rule names what a folder may import; everything else is an error. */
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  comment: `${from} may import only ${allowed.join(', ')} and packages`,
  from: { path: from, pathNot: '\\.(test|contract)\\.ts$' },
  to: {
    pathNot: [...allowed, 'node_modules', '^node:', '^[a-z_/]+$'].map((path) => path),
    dependencyTypesNot: ['core'],
  },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'nobody-imports-a-test',
      severity: 'error',
      from: { pathNot: '\\.(test|contract)\\.ts$' },
      to: { path: '\\.(test|contract|fixture)\\.ts$' },
    },
    only('app-alone', '^app/src', ['^app/src']),
    only('downstream-alone', '^downstream-slow-service/src', ['^downstream-slow-service/src']),
    only('lab-alone', '^lab/src', ['^lab/src']),
    only('core', '^lab/src/core', ['^lab/src/core']),
    only('scenarios', '^lab/src/scenarios', ['^lab/src/core', '^lab/src/scenarios']),
    only('drivers', '^lab/src/drivers', ['^lab/src/(core|events|drivers)']),
    only('targets', '^lab/src/targets', ['^lab/src/(core|events|targets)']),
    only('k6', '^lab/src/k6', ['^lab/src/(core|events|k6)', '^lab/src/drivers/embedded']),
    only('events', '^lab/src/events', ['^lab/src/(core|events)']),
    only('panels', '^lab/src/panels', ['^lab/src/(core|panels)']),
    only('report', '^lab/src/report', ['^lab/src/(core|events|panels|report)']),
    only('experiment', '^lab/src/experiment', [
      '^lab/src/(core|events|experiment)',
      '^lab/src/drivers/driver\\.ts',
      '^lab/src/targets/target\\.ts',
    ]),
    {
      name: 'only-main-imports-commands',
      severity: 'error',
      from: { path: '^lab/src', pathNot: '^lab/src/(main\\.ts|entries|commands)' },
      to: { path: '^lab/src/commands' },
    },
    {
      name: 'no-fastify-in-the-catalogue',
      severity: 'error',
      from: { path: '^app/src/(failures|protections|kernel|computations)' },
      to: { path: 'node_modules/(@fastify|fastify)|^app/src/(routes|clients|telemetry|app|main)' },
    },
    {
      name: 'no-siblings-in-the-catalogue',
      severity: 'error',
      from: {
        path: '^app/src/(failures|protections)/(?!failure\\.ts|protection\\.ts)[^/]+\\.ts$',
        pathNot: '\\.test\\.ts$',
      },
      to: { path: '^app/src/(failures|protections)/(?!failure\\.ts|protection\\.ts)[^/]+\\.ts$' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    // Scripts for k6 import its modules, which only its runners have.
    exclude: { path: '(^|/)(dist|coverage)/|^lab/src/k6/conformance/.*\\.js$' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
