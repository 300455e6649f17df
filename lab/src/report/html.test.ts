import { describe, expect, it } from 'vitest';
import { parseXml } from '../../test/fixtures/parse-xml.ts';
import { sampleArms, sampleRun } from '../../test/fixtures/sample-run.ts';
import type { ScenarioResult } from '../core/document.ts';
import type { LabEvent } from '../core/events.ts';
import { toRunDocument } from './fold.ts';
import { renderHtml } from './html.ts';

const render = (events: readonly LabEvent[]) => renderHtml(toRunDocument(events), events);
const page = render(sampleRun());

describe('the page of a run', () => {
  it('needs nothing but itself', () => {
    expect(page).not.toMatch(/https?:|src=|<link|@import|url\(|fetch\(|import\(/);
  });

  it('is well-formed: every element is closed', () => {
    const body = /<main>[^]*<\/main>/.exec(page)?.[0] ?? '';
    const strict = body.replaceAll('<details open>', '<details>').replaceAll(' hidden>', '>');
    expect(parseXml(strict).name).toBe('main');
  });

  it('says first, in plain words, what became of each arm', () => {
    const first = page.indexOf('DEMONSTRATED<span>it broke');
    expect(first).toBeGreaterThan(0);
    expect(page).toContain(
      '<b class="big">1.9 %</b> of the requests to GET /api/tasks were answered well and in time',
    );
    const order = [
      'DEMONSTRATED<span>',
      'Can these figures be believed?',
      'Second by second',
      'Why: ',
      'Claims: ',
      'Set-up',
      'How to run it again',
    ];
    const places = order.map((text) => page.indexOf(text));
    expect(places).toEqual([...places].sort((left, right) => left - right));
    expect(places).not.toContain(-1);
  });

  it('has a caption in every table and a description in every chart', () => {
    expect(page.match(/<table>/g)?.length).toBe(page.match(/<caption>/g)?.length);
    expect(page.match(/<svg class="chart"/g)?.length).toBe(
      page.match(/role="img" [^>]*aria-label="/g)?.length,
    );
  });

  it('overlays a line of every arm in the main timeline', () => {
    const [figure = ''] = /<figure>[^]*?<\/figure>/.exec(page) ?? [];
    expect(figure.match(/class="trace line-\d"/g)).toHaveLength(4);
    expect(figure).toContain('class="trigger"');
  });

  it('shows the command, the seed and the versions', () => {
    expect(page).toContain('npx lab run cascade-failure --seed 42');
    expect(page).toContain('fastify 5.6.1, undici 7.30.2');
  });

  it('escapes what comes from outside', () => {
    const events = sampleRun().map((event): LabEvent =>
      event.type === 'arm-finished'
        ? { ...event, result: { ...event.result, summary: '<img onerror=alert(1)>' } }
        : event,
    );
    expect(render(events)).toContain('&lt;img onerror=alert(1)&gt;');
    expect(render(events)).not.toContain('<img');
  });
});

describe('the page of an interrupted run', () => {
  it.each([1, 5, 30])('shows what is there after %i events', (count) => {
    const text = render(sampleRun().slice(0, count));
    expect(text).toContain('This run was interrupted.');
    expect(text).toContain('</html>');
  });
});

describe('the page of a run with surprises', () => {
  const [unprotected] = sampleArms;
  if (unprotected === undefined) throw new Error('the sample run has no arm');
  const timeout = { ...unprotected, name: 'timeout', role: 'ablation', declared: 'FIXED' } as const;
  const events = sampleRun([unprotected, { ...timeout, verdict: 'NOT FIXED' }]);
  const document = toRunDocument(events);

  it('names a wrong verdict and the claims that do not hold', () => {
    const text = renderHtml(document, events);
    expect(text).toContain('1 of 2 arms got a verdict that the scenario does not declare.');
    expect(text).toContain('✗ the scenario declares FIXED');
    expect(text).toContain('the unrelated route keeps answering: 1.9 %, wanted &gt;= 99 %');
    expect(text).toContain('Each protection alone');
  });

  it('lists several scenarios at the top, also one that was skipped', () => {
    const skipped: ScenarioResult = {
      name: 'oom-killed',
      question: 'Q?',
      outcome: 'skipped',
      reason: 'no cgroups',
      calibration: null,
      arms: [],
    };
    const text = renderHtml({ ...document, scenarios: [...document.scenarios, skipped] }, events);
    expect(text).toContain('<a href="#scenario-1">oom-killed</a>: skipped');
    expect(text).toContain('This scenario gave no verdict: no cgroups.');
  });
});
