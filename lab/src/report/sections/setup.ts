import type { ArmResult } from '../../core/document.ts';
import { formatMs } from '../format.ts';
import { type Content, type Markup, html, table } from '../markup.ts';
import type { ScenarioView } from '../view.ts';

/** How each arm was set up: only what its column heads name differs between arms of one scenario. */
export function renderSetup({ arms, result }: ScenarioView): Markup {
  const [first] = arms;
  if (first === undefined) return html``;
  const rows = arms.map(({ result }) => rowOf(result));
  const { load, trigger, deadlineMs } = first.result.setup;
  const deadlines = Object.entries(deadlineMs).map(([route, limit]) => `${route} ${formatMs(limit)}`);
  return html`<h3>Set-up</h3>
    <dl class="facts">
      <div>
        <dt>Load of every arm</dt>
        <dd>${settingsText(load)}</dd>
      </div>
      ${renderCalibration(result.calibration)}
      <div>
        <dt>Trigger</dt>
        <dd>${trigger === null ? 'none' : settingsText(trigger)}</dd>
      </div>
      <div>
        <dt>Deadlines</dt>
        <dd>${deadlines.join(', ')}</dd>
      </div>
    </dl>
    ${table({
      caption: 'What differs between the arms',
      head: ['arm', 'replicas', 'pool size', 'limits', 'the rest of the system', 'protections that are on'],
      rows,
      numeric: [1, 2],
    })}`;
}

function renderCalibration(calibration: ScenarioView['result']['calibration']): Markup | null {
  if (calibration === null) return null;
  return html`<div>
    <dt>Measured before the load was stated</dt>
    <dd>${settingsText(calibration)}</dd>
  </div>`;
}

function rowOf({ name, setup }: ArmResult): Content[] {
  const protections = Object.entries(setup.protections).map(([protection, settings]) => {
    const text = settingsText(settings);
    return html`<li>${protection}${text === '' ? null : html` <span class="quiet">${text}</span>`}</li>`;
  });
  return [
    name,
    setup.replicas,
    setup.poolSize,
    setup.limits === null ? 'none' : settingsText(setup.limits),
    settingsText(setup.system) || 'as ever',
    protections.length === 0
      ? 'none'
      : html`<ul class="plain">
          ${protections}
        </ul>`,
  ];
}

/** `rate 20, timeUnitSeconds 1`; nested settings in brackets. */
function settingsText(settings: Readonly<Record<string, unknown>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} ${valueText(value)}`)
    .join(', ');
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueText).join(' ');
  if (typeof value === 'object' && value !== null) return `(${settingsText({ ...value })})`;
  return String(value);
}
