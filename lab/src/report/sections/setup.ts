import { unknownText } from '../format.ts';
import { type Markup, html, table } from '../markup.ts';
import { compareSetups, setupTopics } from '../setup-words.ts';
import type { ScenarioView } from '../view.ts';
import { calibrationWords } from '../words.ts';

/** How each arm was set up: first what all have in common, then what is different. */
export function renderSetup({ result: { arms, calibration } }: ScenarioView): Markup {
  if (arms.length === 0) return html``;
  const { common, differing, own } = compareSetups(arms);
  const facts = common.map(({ topic, phrases }) => renderFact(setupTopics[topic], phrases));
  const measured =
    calibration === null
      ? null
      : renderFact('Measured before the load was stated', calibrationWords(calibration));
  const differences = table({
    caption: 'What differs between the arms',
    head: ['arm', ...differing.map((topic) => setupTopics[topic].toLowerCase())],
    rows: own.map(({ arm, phrases }) => [arm, ...differing.map((topic) => renderPhrases(phrases[topic]))]),
  });
  return html`<h3>Set-up</h3>
    <p class="quiet">The same in every arm:</p>
    <dl class="facts">${facts} ${measured}</dl>
    ${differing.length === 0 ? null : differences}`;
}

function renderFact(name: string, phrases: readonly string[]): Markup {
  return html`<div>
    <dt>${name}</dt>
    <dd>${phrases.join('; ')}</dd>
  </div>`;
}

function renderPhrases(phrases: readonly string[]): Markup | string {
  if (phrases.length === 0) return unknownText;
  return html`<ul class="plain">
    ${phrases.map((text) => html`<li>${text}</li>`)}
  </ul>`;
}
