import { renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';

const followMs = 250;
const namespace = 'load-testing';
const container = 'backend-app';

/**
 * The same target, whose systems a Prometheus can scrape while they run: `targetsFile` names the services that are there
 * now, and `address` serves what the target itself knows, in the spelling of cAdvisor and kube-state-metrics.
 */
export async function watchTarget(target, targetsFile) {
  let started = 0;
  /** @type {{ system: object, spec: object, number: number } | null} */
  let current = null;
  let written = '';

  const follow = () => {
    const text = JSON.stringify(current === null ? [] : toTargets(current));
    if (text === written) return;
    // Prometheus must never read half a file.
    writeFileSync(`${targetsFile}.new`, text);
    renameSync(`${targetsFile}.new`, targetsFile);
    written = text;
  };
  const timer = setInterval(follow, followMs);
  const server = createServer((_request, response) => {
    toExposition(current).then(
      (text) => response.end(text),
      () => response.writeHead(503).end(),
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

  const start = async (spec, options) => {
    const system = await target.start(spec, options);
    started += 1;
    current = { system, spec, number: started };
    follow();
    const stop = async () => {
      if (current?.system === system) current = null;
      follow();
      await system.stop();
    };
    return Object.create(system, { stop: { value: stop, enumerable: true } });
  };
  return {
    target: { ...target, start },
    address: `127.0.0.1:${server.address().port}`,
    close: () => {
      clearInterval(timer);
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The replicas of each system have names of their own: the next system is no restart of the one before. */
const nameOf = (replica, number) => `${replica}.${number}`;

function toTargets({ system, number }) {
  const jobs = { backend: system.backends, downstream: system.downstreams };
  return Object.entries(jobs).flatMap(([job, replicas]) =>
    replicas.map(({ name, url }) => ({
      targets: [new URL(url).host],
      labels: { job, instance: nameOf(name, number) },
    })),
  );
}

async function toExposition(current) {
  if (current === null) return '';
  const { system, spec, number } = current;
  const observations = await system.observe();
  const lines = observations.flatMap(({ replica, metrics }) =>
    Object.entries(metrics).map(([key, value]) => toLine(key, { pod: nameOf(replica, number) }, value)),
  );
  for (const { name } of system.backends) {
    const pod = nameOf(name, number);
    const { cpuCores, memoryBytes } = spec.limits ?? {};
    const limits = { cpu: cpuCores, memory: memoryBytes };
    for (const [resource, limit] of Object.entries(limits))
      if (limit !== undefined)
        lines.push(toLine('kube_pod_container_resource_limits', { pod, resource }, limit));
    const reason = system.incidents.findLast(({ replica }) => replica === name)?.reason;
    if (reason !== undefined)
      lines.push(toLine('kube_pod_container_status_last_terminated_reason', { pod, reason }, 1));
  }
  return `${lines.join('\n')}\n`;
}

function toLine(key, labels, value) {
  const [, name, own = ''] = /^([^{]+)(?:\{(.*)\})?$/.exec(key);
  const ours = Object.entries({ namespace, container, ...labels }).map(
    ([label, text]) => `${label}="${text}"`,
  );
  return `${name}{${[...ours, ...(own === '' ? [] : [own])].join(',')}} ${value}`;
}
