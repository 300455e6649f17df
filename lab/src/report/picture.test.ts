import { expect, it } from 'vitest';
import { parseXml } from '../../test/fixtures/parse-xml.ts';
import { sampleRun } from '../../test/fixtures/sample-run.ts';
import type { LabEvent } from '../core/events.ts';
import { renderPicture } from './picture.ts';

const picture = renderPicture(sampleRun());

it('is one picture that stands alone', () => {
  const { name, attributes } = parseXml(picture);
  expect(name).toBe('svg');
  expect(attributes).toMatchObject({ xmlns: 'http://www.w3.org/2000/svg', width: '900', role: 'img' });
  expect(picture).not.toMatch(/href|url\(|@import|<script/);
});

it('says what every arm has shown, and where the figures come from', () => {
  expect(picture).toContain('larger-pool</tspan> NOT FIXED: this did not help');
  expect(picture).toContain('unprotected 1.9 %');
  expect(picture).toContain('2026-03-01, seed 42, commit a1b2c3d');
});

it('has a timeline of its own for arms that never ask for the route of the others', () => {
  const apart = sampleRun().map((event): LabEvent => {
    if (!('arm' in event) || event.arm !== 'protected') return event;
    return JSON.parse(JSON.stringify(event).replaceAll('GET /api/tasks', 'GET /api/other')) as LabEvent;
  });
  const alone = renderPicture(apart);
  expect(picture.match(/>Goodput: [^,]+/g)).toEqual(['>Goodput: GET /api/tasks']);
  expect(alone.match(/>Goodput: [^,]+/g)).toEqual(['>Goodput: GET /api/tasks', '>Goodput: GET /api/other']);
  expect(alone.match(/class="trigger"/g)).toHaveLength(2);
  expect(alone).toContain('protected 100 %');
  expect(parseXml(alone).name).toBe('svg');
});

it('says that a scenario has no timeline', () => {
  expect(() => renderPicture(sampleRun(), { scenario: 'baseline' })).toThrow(
    'there is no timeline of baseline',
  );
  expect(() => renderPicture(sampleRun().slice(0, 1))).toThrow('there is no timeline');
});
