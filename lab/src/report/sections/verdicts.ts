import { formatSeconds } from '../format.ts';
import { type Markup, html } from '../markup.ts';
import type { ArmView, ScenarioView } from '../view.ts';
import {
  declaredMark,
  hasRecovery,
  headlineOf,
  inequalityOf,
  lessonsOf,
  openClaimsOf,
  toneOf,
  verdictMeaning,
} from '../words.ts';
import { roleTag, swatch } from './figure.ts';

/** What broke, what did not help, what helped; then one card for each arm with its verdict in plain words. */
export function renderVerdicts(view: ScenarioView): Markup {
  const { result } = view;
  if (result.arms.length === 0)
    return html`<p class="note">This scenario gave no verdict: ${result.reason ?? 'nothing was run'}.</p>`;
  const lessons = lessonsOf(result).map(
    ([lesson, arms]) =>
      html`<div>
        <dt>${lesson}</dt>
        <dd>${arms.map(({ name }) => name).join(', ')}</dd>
      </div>`,
  );
  const reason = result.reason === null ? null : html`<p class="note">${result.reason}</p>`;
  return html`${reason}
    <dl class="lessons">${lessons}</dl>
    <ul class="cards">
      ${view.arms.map(renderCard)}
    </ul>`;
}

function renderCard({ result: arm, style }: ArmView): Markup {
  const recovery = hasRecovery(arm)
    ? html`<p>
        Normal again after the trigger: <b>${formatSeconds(arm.recoverySeconds, 'never in this run')}</b>
      </p>`
    : null;
  const attempts =
    arm.attempts > 1
      ? html`<p class="quiet">Attempt ${arm.attempts}; an earlier one was inconclusive.</p>`
      : null;
  const { figure, text } = headlineOf(arm);
  return html`<li class="card ${toneOf(arm.verdict)}">
    <h4>${swatch(style)} ${arm.name} ${roleTag(arm)}</h4>
    <p class="verdict">${arm.verdict}<span>${verdictMeaning[arm.verdict]}</span></p>
    <p>${figure === null ? null : html`<b class="big">${figure}</b> `}${text}</p>
    ${arm.reason === null || arm.verdict === 'SKIPPED' ? null : html`<p class="note">${arm.reason}</p>`}
    <p class="quiet">${arm.summary}</p>
    ${recovery}${attempts}${renderDeclared(arm)}
  </li> `;
}

function renderDeclared(arm: ArmView['result']): Markup {
  const mark = declaredMark(arm);
  if (mark === 'yes') return html`<p class="mark">✓ as the scenario declares</p>`;
  if (mark === 'none')
    return html`<p class="mark">
      ${arm.declared === null ? 'nothing declared' : `declared: ${arm.declared}`}
    </p>`;
  const claims = openClaimsOf(arm).map((claim) => html`<li>${claim.text}: ${inequalityOf(claim)}</li>`);
  return html`<p class="mark wrong">✗ the scenario declares ${arm.declared}</p>
    <ul class="open">
      ${claims}
    </ul>`;
}
