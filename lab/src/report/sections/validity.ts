import { formatMs, formatRatio } from '../format.ts';
import { type Markup, html, table } from '../markup.ts';
import type { ScenarioView } from '../view.ts';

/** Whether the instrument can be believed: the load generator and the machine, not the system under load. */
export function renderValidity({ arms }: ScenarioView): Markup {
  const run = arms.filter(({ result }) => result.verdict !== 'SKIPPED');
  if (run.length === 0) return html``;
  const rows = run.map(({ result: { name, validity } }) => [
    name,
    validity.valid ? 'yes' : html`<b>no</b>: ${validity.reasons.join('; ')}`,
    formatMs(validity.latenessP99Ms),
    `${validity.sentRequests} of ${validity.plannedRequests}`,
    formatRatio(validity.driverUtilisationRatio),
    formatRatio(validity.foreignCpuRatio),
    validity.scrapeGaps,
  ]);
  return html`<h3>Can these figures be believed?</h3>
    ${table({
      caption:
        'Requests are sent at their planned times whatever the system answers. A run whose load generator was late or whose machine was busy gets no verdict.',
      head: [
        'arm',
        'valid',
        'left late (p99)',
        'sent of planned',
        'generator busy',
        'CPU used by others',
        'missed samples',
      ],
      rows,
      numeric: [2, 3, 4, 5, 6],
    })}
    ${renderGenerators(run)}`;
}

/** Where several programs made the load: each of them. */
function renderGenerators(arms: ScenarioView['arms']): Markup {
  const rows = arms.flatMap(({ result: { name: arm, validity } }) =>
    (validity.generators ?? []).map((generator) => [
      arm,
      generator.name,
      formatMs(generator.latenessP99Ms),
      `${generator.sentRequests} of ${generator.plannedRequests}`,
      formatRatio(generator.utilisationRatio),
      `± ${formatMs(generator.startUncertaintyMs)}`,
    ]),
  );
  if (rows.length === 0) return html``;
  return table({
    caption: 'Each generator made its share of one plan, and each is judged.',
    head: ['arm', 'generator', 'left late (p99)', 'sent of planned', 'busy', 'start known to'],
    rows,
    numeric: [2, 3, 4, 5],
  });
}
