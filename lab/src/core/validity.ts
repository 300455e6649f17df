import type { GeneratorFigures, Validity } from './document.ts';

/** Raw figures of the instrument over the measured part of an arm. */
export interface InstrumentFigures {
  readonly latenessP99Ms: number | null;
  readonly plannedRequests: number;
  readonly sentRequests: number;
  readonly driverUtilisationRatio: number | null;
  /** CPU of others ÷ all CPU of the machine, stolen time included; null where it cannot be known. */
  readonly foreignCpuRatio: number | null;
  readonly scrapeGaps: number;
  readonly scrapes: number;
  readonly smallestDeadlineMs: number;
  /** Where several made the load: each is judged as the whole is, as one that was late hides among many. */
  readonly generators?: readonly GeneratorFigures[];
}

/** Limits of a run that may be believed. Reasons: docs/decisions, "When a run proves nothing". */
const gate = {
  /** Lateness p99: 10 ms, or 2 % of the smallest deadline where that is more. */
  latenessMs: 10,
  latenessDeadlineRatio: 0.02,
  sentRatio: 0.995,
  driverUtilisationRatio: 0.7,
  foreignCpuRatio: 0.6,
  scrapeGapRatio: 0.1,
} as const;

/** Judges the instrument, not the system: a run whose generator or machine was saturated proves nothing. */
export function judgeValidity(figures: InstrumentFigures): Validity {
  const reasons = reasonsOf(figures);
  const { smallestDeadlineMs: _, scrapes: __, generators, ...shown } = figures;
  return {
    valid: reasons.length === 0,
    reasons,
    ...shown,
    ...(generators !== undefined && { generators: [...generators] }),
  };
}

function reasonsOf(figures: InstrumentFigures): string[] {
  const latenessLimitMs = Math.max(gate.latenessMs, gate.latenessDeadlineRatio * figures.smallestDeadlineMs);
  const reasons = loadReasons('the driver', figures.driverUtilisationRatio, figures, latenessLimitMs);
  for (const generator of figures.generators ?? [])
    reasons.push(...generatorReasons(generator, latenessLimitMs));
  if (figures.foreignCpuRatio !== null && figures.foreignCpuRatio > gate.foreignCpuRatio)
    reasons.push(
      `other processes used ${percent(figures.foreignCpuRatio)} of this machine's CPU, limit ${percent(gate.foreignCpuRatio)}`,
    );
  if (figures.scrapeGaps > gate.scrapeGapRatio * figures.scrapes)
    reasons.push(`${figures.scrapeGaps} of ${figures.scrapes} scrapes of /metrics failed`);
  return reasons;
}

type LoadFigures = Pick<InstrumentFigures, 'latenessP99Ms' | 'plannedRequests' | 'sentRequests'>;

function loadReasons(
  who: string,
  utilisationRatio: number | null,
  { latenessP99Ms, plannedRequests, sentRequests }: LoadFigures,
  latenessLimitMs: number,
): string[] {
  const reasons: string[] = [];
  if (latenessP99Ms === null) reasons.push(`${who} reported no lateness`);
  else if (latenessP99Ms > latenessLimitMs)
    reasons.push(
      `requests left late: p99 ${latenessP99Ms.toFixed(1)} ms after their time, limit ${latenessLimitMs} ms`,
    );
  if (sentRequests < gate.sentRatio * plannedRequests)
    reasons.push(
      `${who} sent ${sentRequests} of ${plannedRequests} planned requests, limit ${gate.sentRatio * 100} %`,
    );
  if (utilisationRatio !== null && utilisationRatio > gate.driverUtilisationRatio)
    reasons.push(
      `${who} was busy ${percent(utilisationRatio)} of its time, limit ${percent(gate.driverUtilisationRatio)}`,
    );
  return reasons;
}

/** One that had nothing to send (fewer connections than generators) was not late either. */
function generatorReasons(figures: GeneratorFigures, latenessLimitMs: number): string[] {
  const { name, plannedRequests, startUncertaintyMs, utilisationRatio } = figures;
  if (plannedRequests === 0) return [];
  const reasons = loadReasons('it', utilisationRatio, figures, latenessLimitMs);
  if (startUncertaintyMs > latenessLimitMs)
    reasons.push(
      `its start is known to ±${startUncertaintyMs.toFixed(1)} ms only, limit ${latenessLimitMs} ms`,
    );
  return reasons.map((reason) => `generator ${name}: ${reason}`);
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(0)} %`;
}
