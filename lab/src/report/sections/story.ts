import { type Markup, html } from '../markup.ts';
import type { ScenarioView } from '../view.ts';

/** What the experiment means outside the lab. */
export function renderStory({ story }: ScenarioView): Markup {
  if (story === null) return html``;
  return html`<h3>What this means in production</h3>
    <p>${story.production}</p>
    <p class="quiet">It resembles: ${story.resembles}</p>`;
}
