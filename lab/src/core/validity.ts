import type { Validity } from './document.ts';

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
  const { smallestDeadlineMs: _, scrapes: __, ...shown } = figures;
  return { valid: reasons.length === 0, reasons, ...shown };
}

function reasonsOf(figures: InstrumentFigures): string[] {
  const reasons: string[] = [];
  const latenessLimitMs = Math.max(gate.latenessMs, gate.latenessDeadlineRatio * figures.smallestDeadlineMs);
  if (figures.latenessP99Ms === null) reasons.push('the driver reported no lateness');
  else if (figures.latenessP99Ms > latenessLimitMs)
    reasons.push(
      `requests left late: p99 ${figures.latenessP99Ms.toFixed(1)} ms after their time, limit ${latenessLimitMs} ms`,
    );
  if (figures.sentRequests < gate.sentRatio * figures.plannedRequests)
    reasons.push(
      `the driver sent ${figures.sentRequests} of ${figures.plannedRequests} planned requests, limit ${gate.sentRatio * 100} %`,
    );
  if (figures.driverUtilisationRatio !== null && figures.driverUtilisationRatio > gate.driverUtilisationRatio)
    reasons.push(
      `the driver was busy ${percent(figures.driverUtilisationRatio)} of its time, limit ${percent(gate.driverUtilisationRatio)}`,
    );
  if (figures.foreignCpuRatio !== null && figures.foreignCpuRatio > gate.foreignCpuRatio)
    reasons.push(
      `other processes used ${percent(figures.foreignCpuRatio)} of this machine's CPU, limit ${percent(gate.foreignCpuRatio)}`,
    );
  if (figures.scrapeGaps > gate.scrapeGapRatio * figures.scrapes)
    reasons.push(`${figures.scrapeGaps} of ${figures.scrapes} scrapes of /metrics failed`);
  return reasons;
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(0)} %`;
}
