import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTestFolder } from './local-target.ts';
import { find, runMonitor } from './monitor-stand-ins.ts';

const root = join(import.meta.dirname, '..');
const local = { HEALTHY: 'http://localhost:8000' };
const nodePort = { HEALTHY: 'http://localhost:30000' };

describe('scripts/monitor.sh', () => {
  it('shows of a cluster pods with the reasons of restarts, autoscaler, limits, throttling and kubectl top', async () => {
    const { code, stdout } = await runMonitor([], { ...nodePort, METRICS_SERVER: 'yes' });
    expect(code).toBe(0);
    expect(stdout).toMatch(/backend-app-1 1 OOMKilled 137/);
    expect(stdout).toMatch(/cpu: 310%\/60% 1 10 5/);
    expect(stdout).toMatch(/backend-app-1 215m 184Mi/);
    expect(stdout).toMatch(/backend-app-1 .* 250 MB +47 % +21 of 50 +43 % .* 10 of 10 +37/);
    expect(stdout).toMatch(/^latency p99 +\S+ ms +< 1000 ms/m);
  });

  it('says how to get a metrics-server where there is none, and shows the rest', async () => {
    const { code, stdout } = await runMonitor([], nodePort);
    expect(code).toBe(0);
    expect(stdout).toContain('no metrics-server, so no kubectl top: minikube addons enable metrics-server');
    expect(stdout).toContain('21 of 50');
  });

  it('looks for the cluster where no address answers: what crashes is what one wants to see', async () => {
    const { code, stdout } = await runMonitor([], {});
    expect(code).toBe(0);
    expect(stdout).toContain('OOMKilled');
  });

  it('shows of Compose the ends and the limits of its containers', async () => {
    const { code, stdout } = await runMonitor([], { ...local, COMPOSE: 'yes' });
    expect(code).toBe(0);
    expect(stdout).toContain('project-backend-1: running, restarts 2, last exit code 137, OOMKilled');
    expect(stdout).toMatch(/^project-backend-1 .* 250 MB +49 % +\d+ of \d+/m);
  });

  it('shows of a local system what its address says', async () => {
    const { code, stdout } = await runMonitor([], local);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^http:\/\/localhost:8000 +\S+ +- +150 MB +- +- +43 %/m);
    expect(stdout).toMatch(/^memory of limit +- /m);
  });

  it('shows one replica of a cluster without kubectl, and says what is missing', async () => {
    const { code, stdout, stderr } = await runMonitor([], nodePort, ['kubectl']);
    expect(code).toBe(0);
    expect(stderr).toMatch(/kubectl is not installed .*one replica says at http:\/\/localhost:30000/);
    expect(stdout).toContain('150 MB');
  });

  it.each([
    [
      'nothing runs and there is no kubectl',
      {},
      ['kubectl'],
      /nothing answers on localhost:8000.*get kubectl/,
    ],
    ['the cluster does not answer', { ...nodePort, DOWN: 'yes' }, [], /minikube does not answer/],
    [
      'the interval is not legal',
      { ...local, INTERVAL: '0' },
      [],
      /INTERVAL is 0; legal: whole seconds, from 1/,
    ],
  ])('says in one sentence that %s', async (_, environment, withdrawn, sentence) => {
    const { code, stdout, stderr } = await runMonitor([], environment, withdrawn);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(sentence);
  });

  it('refuses a parameter that it does not know, and explains itself', async () => {
    expect(await runMonitor(['--wacth'], local)).toMatchObject({ code: 2 });
    expect((await runMonitor(['--help'], local)).stdout).toContain('scripts/monitor.sh [--watch]');
  });
});

/** What figures.awk makes of two readings. */
function compare(before: string, after: string): string {
  const folder = createTestFolder();
  writeFileSync(join(folder, 'before'), before);
  writeFileSync(join(folder, 'after'), after);
  const program = join(root, 'scripts/lib/figures.awk');
  return execFileSync(find('awk'), ['-f', program, 'before', 'after'], { cwd: folder, encoding: 'utf8' });
}

function reading(
  replica: string,
  second: number,
  cpuSeconds: number,
  fast: number,
  slow: number,
  failed = 0,
) {
  const series = (name: string, status: number, more = '') =>
    `http_server_request_duration_seconds_${name}{http_request_method="GET",http_route="/api/tasks",http_response_status_code="${status}"${more}}`;
  return [
    `@ ${replica} ${second} 500m 512Mi`,
    '# TYPE process_cpu_seconds_total counter',
    `process_cpu_seconds_total ${cpuSeconds}`,
    'process_resident_memory_bytes 107374182.4',
    `${series('bucket', 200, ',le="0.1"')} ${fast}`,
    `${series('bucket', 200, ',le="0.5"')} ${fast}`,
    `${series('bucket', 200, ',le="1"')} ${fast + slow}`,
    `${series('bucket', 200, ',le="+Inf"')} ${fast + slow}`,
    `${series('count', 200)} ${fast + slow}`,
    `${series('count', 499)} ${failed}`,
    `http_server_request_duration_seconds_count{http_route="/readyz",http_response_status_code="503"} ${second}`,
    'nr_periods 100',
    'nr_throttled 40',
    '',
  ].join('\n');
}

describe('figures.awk', () => {
  it('takes rates, quantiles and errors from the difference of two readings', () => {
    const said = compare(reading('a', 100, 5, 1000, 0), reading('a', 110, 7, 1900, 100, 10));
    expect(said).toMatch(/^request rate +101\.0 \/s +> 100 \/s +ok$/m);
    // 900 of 1010 within 0.1 s, 100 more within 1 s: rank 959.5 lies 59.5 % above 0.5 s.
    expect(said).toMatch(/^latency p95 +797\.5 ms +< 500 ms +MISSED$/m);
    expect(said).toMatch(/^error rate +0\.99 % +< 0\.1 % +MISSED$/m);
    expect(said).toMatch(/^CPU of limit +40\.00 % +< 80 % +ok$/m);
    expect(said).toMatch(/^memory of limit +20\.00 % +< 80 % +ok$/m);
  });

  it('adds up what all replicas say, and shows the fullest', () => {
    const before = reading('a', 100, 5, 1000, 0) + reading('b', 100, 5, 1000, 0);
    const after = reading('a', 110, 6, 1600, 0) + reading('b', 110, 9.5, 1700, 0);
    const said = compare(before, after);
    expect(said).toMatch(/^request rate +130\.0 \/s/m);
    expect(said).toMatch(/^CPU of limit +90\.00 % .*MISSED$/m);
  });

  it('takes a counter that is smaller than before as begun again', () => {
    expect(compare(reading('a', 100, 50, 9000, 0), reading('a', 110, 1, 200, 0))).toMatch(
      /^request rate +20\.0 \/s/m,
    );
  });

  it('counts nothing of a replica that is new, and says which one says nothing', () => {
    const said = compare(
      reading('a', 100, 5, 0, 0),
      `${reading('new', 110, 5, 900, 0)}@ mute 110 500m 512Mi\n`,
    );
    expect(said).toMatch(/^request rate +- /m);
    expect(said).toMatch(/^mute +says nothing on \/metrics$/m);
  });
});
