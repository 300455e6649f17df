import type { ArmResult } from '../../core/document.ts';
import { formatMs, formatRatio, formatSeconds, unknownText } from '../format.ts';
import { type Content, type Markup, html, table } from '../markup.ts';
import type { ScenarioView } from '../view.ts';
import { hasRecovery } from '../words.ts';
import { roleTag } from './figure.ts';

/** Arms side by side: goodput and latency of every route before, in and after the disturbance, and the recovery. */
export function renderComparison({ arms, mainRoute }: ScenarioView): Markup {
  const measured = arms.filter(({ result }) => result.phases['during'] !== undefined);
  if (measured.length === 0) return html``;
  const found = new Set(measured.flatMap(({ result }) => Object.keys(result.phases['during']?.routes ?? {})));
  const routes = [...found].sort((left, right) => Number(right === mainRoute) - Number(left === mainRoute));
  const tables = routes.map((route) =>
    table({
      caption: html`<b>${route}</b>: good answers in time ÷ requests that were due, and latency from the
        moment a request was due`,
      head: ['arm', 'before', 'disturbed', 'after', 'p50 disturbed', 'p99 disturbed', 'normal again after'],
      rows: measured.map(({ result }) => rowOf(result, route)),
      numeric: [1, 2, 3, 4, 5, 6],
    }),
  );
  return html`<h3>Recovery and comparison</h3>
    <p class="quiet">
      “Normal again” is the first second after the trigger from which, for three seconds, goodput and the
      median latency of every route are back at what they were before it.
    </p>
    ${tables} ${renderAblations(arms.map(({ result }) => result))}`;
}

function rowOf(arm: ArmResult, route: string): Content[] {
  const at = (phase: string) => arm.phases[phase]?.routes[route];
  const during = at('during');
  return [
    html`${arm.name} ${roleTag(arm)}`,
    ...['baseline', 'during', 'after'].map((phase) => formatRatio(at(phase)?.goodputRatio ?? null)),
    formatMs(during?.p50Ms ?? null),
    formatMs(during?.p99Ms ?? null),
    hasRecovery(arm) ? formatSeconds(arm.recoverySeconds, 'never') : unknownText,
  ];
}

function renderAblations(arms: readonly ArmResult[]): Markup {
  const ablations = arms.filter(({ role }) => role === 'ablation');
  if (ablations.length === 0) return html``;
  return html`<h4>Each protection alone</h4>
    ${table({
      caption: 'Ablations: which single part of the fix would have been enough?',
      head: ['protection', 'verdict', 'what it tries'],
      rows: ablations.map(({ name, verdict, summary }) => [name, verdict, summary]),
    })}`;
}
