import type { Panel } from '../panels/panel.ts';
import { formatCount, formatMs, formatRatio } from './format.ts';

/** A vertical axis: where a value lies (0 bottom – 1 top), and what to write beside it. */
export interface Scale {
  readonly toHeightRatio: (value: number) => number;
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
}

export function createScale(panel: Pick<Panel, 'axis' | 'unit'>, largest: number): Scale {
  const { axis, unit } = panel;
  if (axis.scale === 'log') return createLogScale(panel, largest);
  const top = axis.max ?? roundUp(Math.max(largest, 1));
  const span = top - axis.min;
  const ticks =
    axis.words === undefined
      ? (top < 2 && unit === 'count' ? [0, 1] : [0, 0.5, 1]).map((part) => axis.min + part * span)
      : Object.keys(axis.words).map(Number);
  return {
    toHeightRatio: (value) => clamp((value - axis.min) / span),
    ticks: ticks.map((value) => ({ value, text: toTickText(panel, value) })),
  };
}

/** A value of a panel as text, with its unit. */
export function toTickText({ axis, unit }: Pick<Panel, 'axis' | 'unit'>, value: number | null): string {
  if (value !== null && axis.words !== undefined) return axis.words[value] ?? formatCount(value);
  if (unit === 'ratio') return formatRatio(value);
  if (unit === 'ms') return formatMs(value);
  return unit === '1/s' && value !== null ? `${formatCount(value)} /s` : formatCount(value);
}

function createLogScale(panel: Pick<Panel, 'axis' | 'unit'>, largest: number): Scale {
  const bottom = Math.log10(panel.axis.min);
  const top = Math.max(bottom + 1, Math.ceil(Math.log10(Math.max(largest, panel.axis.min)) - 0.01));
  const decades = Array.from({ length: top - bottom + 1 }, (_, index) => 10 ** (bottom + index));
  return {
    toHeightRatio: (value) => clamp((Math.log10(Math.max(value, panel.axis.min)) - bottom) / (top - bottom)),
    ticks: decades.map((value) => ({ value, text: toTickText(panel, value) })),
  };
}

/** The next of 1, 2, 4, 5, 8 or 10 × a power of ten: halves of it are short numbers. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 4, 5, 8, 10].find((candidate) => candidate * power >= value * 0.999) ?? 10;
  return step * power;
}

/** Marks of a time axis: at most eight, at whole seconds. */
export function secondTicks(durationSeconds: number): number[] {
  const step =
    [1, 2, 5, 10, 20, 30, 60, 120, 300, 600].find((candidate) => durationSeconds / candidate <= 8) ?? 1200;
  return Array.from({ length: Math.floor(durationSeconds / step) + 1 }, (_, index) => index * step);
}

function clamp(ratio: number): number {
  return Math.min(1, Math.max(0, ratio));
}
