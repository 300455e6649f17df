import type { RunDocument } from '../core/document.ts';
import type { LabEvent } from '../core/events.ts';
import { formatSeconds } from './format.ts';
import { isComplete } from './fold.ts';
import { pageScript } from './html-script.ts';
import { pageStyle } from './html-style.ts';
import { type Markup, html, raw } from './markup.ts';
import { lineRules } from './palette.ts';
import { renderClaims } from './sections/claims.ts';
import { renderComparison } from './sections/comparison.ts';
import { renderMechanism } from './sections/mechanism.ts';
import { renderReproduce } from './sections/reproduce.ts';
import { renderSetup } from './sections/setup.ts';
import { renderStory } from './sections/story.ts';
import { renderTimeline } from './sections/timeline.ts';
import { renderValidity } from './sections/validity.ts';
import { renderVerdicts } from './sections/verdicts.ts';
import { type ScenarioView, toRunView } from './view.ts';
import { outcomeWords, runSentence } from './words.ts';

/**
 * The report of a run as one HTML file: no network, no other file, light and dark, complete without its script.
 * `document` holds the verdicts, `events` the timelines of the same run.
 */
export function renderHtml(document: RunDocument, events: readonly LabEvent[]): string {
  const { scenarios } = toRunView(document, events);
  const title = `Failure lab: ${document.scenarios.map(({ name }) => name).join(', ')}`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <style>
          ${raw(pageStyle)}
          ${scenarios.map((view, index) => raw(styleOf(view, index)))}
        </style>
      </head>
      <body>
        <main>
          ${renderHead(document, isComplete(events))}
          ${scenarios.length > 1 ? renderContents(scenarios) : null} ${scenarios.map(renderScenario)}
          ${renderReproduce(document)}
        </main>
        <script>
          ${raw(pageScript)};
        </script>
      </body>
    </html> `;
  return page.markup;
}

function renderHead(document: RunDocument, complete: boolean): Markup {
  const interrupted = complete
    ? null
    : html`<p class="note">
        <b>This run was interrupted.</b> The page shows what had been recorded until then.
      </p>`;
  const arms = document.scenarios.reduce((total, scenario) => total + scenario.arms.length, 0);
  return html`<header>
    <p class="quiet">Failure lab · ${document.runId}</p>
    <h1>${runSentence(document)}</h1>
    <p class="quiet">
      ${arms} ${arms === 1 ? 'arm' : 'arms'}, ${formatSeconds(document.durationSeconds)},
      ${document.startedAt.slice(0, 16).replace('T', ' ')} UTC. Every figure was measured in this run.
    </p>
    ${interrupted}
  </header>`;
}

function renderContents(scenarios: readonly ScenarioView[]): Markup {
  const items = scenarios.map(
    ({ result }, index) =>
      html`<li><a href="#scenario-${index}">${result.name}</a>: ${outcomeWords[result.outcome]}</li>`,
  );
  return html`<nav aria-label="Scenarios">
    <ul>
      ${items}
    </ul>
  </nav>`;
}

function renderScenario(view: ScenarioView, index: number): Markup {
  const { result } = view;
  return html`<section class="scenario" id="scenario-${index}" aria-labelledby="name-${index}">
    <h2 id="name-${index}">${result.question}</h2>
    <p>
      <code>${result.name}</code>
      <span class="outcome ${result.outcome}">${outcomeWords[result.outcome]}</span>
    </p>
    ${renderVerdicts(view)} ${renderValidity(view)} ${renderTimeline(view)} ${renderMechanism(view)}
    ${renderComparison(view)} ${renderClaims(view)} ${renderSetup(view)} ${renderStory(view)}
  </section> `;
}

function styleOf({ arms }: ScenarioView, index: number): string {
  const styles = arms.map(({ style }) => style);
  const scope = `#scenario-${index} `;
  return `${lineRules(styles, 'light', scope)}\n@media (prefers-color-scheme:dark){${lineRules(styles, 'dark', scope)}}`;
}
