import type { RunDocument } from '../../core/document.ts';
import { type Markup, html } from '../markup.ts';

/** The command, the seed, the versions and the machine. */
export function renderReproduce(document: RunDocument): Markup {
  const { environment } = document;
  const packages = Object.entries(environment.packages).map(([name, version]) => `${name} ${version}`);
  const facts: readonly (readonly [string, string])[] = [
    ['Seed', `${document.seed}: it fixes arrivals and faults`],
    ['Commit', environment.commit ?? 'not known'],
    ['Target', document.target],
    ['Load generator', toGeneratorText(document)],
    ['Limits', environment.limits],
    ['Machine', `${environment.cores} × ${environment.cpuModel}, ${environment.platform}`],
    ['Node', environment.node],
    ['PostgreSQL', environment.postgres ?? 'not used'],
    ['Packages', packages.join(', ')],
    ['Started', document.startedAt],
    ['Run', document.runId],
  ];
  const rows = facts.map(
    ([name, value]) =>
      html`<div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>`,
  );
  return html`<section aria-labelledby="reproduce">
    <h2 id="reproduce">How to run it again</h2>
    <pre><code>${document.command}</code></pre>
    <dl class="facts">${rows}</dl>
    <p class="quiet">
      Everything on this page was computed from <code>events.ndjson</code> beside it;
      <code>run.json</code> holds the same figures for programs.
    </p>
  </section>`;
}

function toGeneratorText({ driver, generators }: RunDocument): string {
  return generators === undefined ? driver : `${driver}, ${generators} generators`;
}
