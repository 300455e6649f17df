import type { ArmResult, ClaimResult } from '../../core/document.ts';
import { formatValue } from '../format.ts';
import { type Content, type Markup, html, raw, table } from '../markup.ts';
import type { ScenarioView } from '../view.ts';
import { decidingKind, declaredMark } from '../words.ts';

/** Every claim with what was measured and its bound. Arms that are not as declared stand open. */
export function renderClaims({ arms }: ScenarioView): Markup {
  const withClaims = arms.filter(({ result }) => result.claims.length > 0);
  if (withClaims.length === 0) return html``;
  return html`<h3>Claims: what was measured against which bound</h3>
    <p class="quiet">
      Bounds were written before the run. <b>Failure claims</b> say that the system is broken,
      <b>health claims</b> that it is well; a verdict needs all claims of one kind to hold. So in an arm that
      broke, health claims do not hold, and that is as it should be.
    </p>
    ${withClaims.map(({ result }) => renderArm(result))}`;
}

function renderArm(arm: ArmResult): Markup {
  const kind = decidingKind(arm);
  const deciding = arm.claims.filter((claim) => claim.kind === kind);
  const holding = deciding.filter(({ holds }) => holds).length;
  const open = declaredMark(arm) === 'yes' ? null : raw(' open');
  return html`<details${open}><summary><b>${arm.name}</b>: ${arm.verdict}, ${holding} of ${deciding.length} ${kind} claims hold</summary>
${table({
  caption: `Claims of ${arm.name}`,
  head: ['claim', 'kind', 'metric', 'measured', 'bound', 'holds'],
  rows: [...deciding, ...arm.claims.filter((claim) => claim.kind !== kind)].map(rowOf),
  numeric: [3, 4],
})}</details>
`;
}

function rowOf(claim: ClaimResult): Content[] {
  const route = claim.route === null ? null : html`<br /><span class="quiet">${claim.route}</span>`;
  return [
    claim.text,
    claim.kind,
    html`<code>${claim.metric}</code>${route}`,
    formatValue(claim.measured, claim.unit),
    `${claim.comparison === '<=' ? '≤' : '≥'} ${formatValue(claim.bound, claim.unit)}`,
    claim.holds ? html`<b>yes</b>` : 'no',
  ];
}
