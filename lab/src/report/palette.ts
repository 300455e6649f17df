import type { Role } from '../core/scenario.ts';

/** How the line of one arm looks. Colour is never the only difference: dashes and widths differ as well. */
export interface LineStyle {
  readonly name: string;
  readonly light: string;
  readonly dark: string;
  /** SVG's `stroke-dasharray`; empty: a solid line. */
  readonly dash: string;
  readonly widthPx: number;
}

/**
 * Hues after Okabe and Ito, "Color Universal Design" (2008), which people with any common colour blindness can tell
 * apart; darkened or lightened until text in them has a contrast of 4.5 : 1 on the report's backgrounds (WCAG 2.2, 1.4.3).
 */
const hues = {
  vermillion: { light: '#b03c08', dark: '#ff9161' },
  blue: { light: '#0b62a4', dark: '#74b9ff' },
  purple: { light: '#9c3f78', dark: '#eda3cd' },
  amber: { light: '#8a5a00', dark: '#f2b63c' },
  green: { light: '#00704f', dark: '#4fd3a6' },
  sky: { light: '#17648f', dark: '#9bdcf7' },
  grey: { light: '#5b6570', dark: '#aab4bf' },
} as const;

const dashes = ['7 4', '2 3', '10 3 2 3', '5 2 1 2 1 2', '14 4'];

const huesOf: Readonly<Record<Role, readonly (keyof typeof hues)[]>> = {
  unprotected: ['vermillion'],
  protected: ['blue'],
  'wrong-fix': ['purple', 'amber', 'grey'],
  ablation: ['green', 'sky', 'purple', 'grey'],
  control: ['grey', 'green'],
  custom: ['amber', 'green'],
};

/** One style for each arm, in their order: its role gives the hue; the first unprotected and protected lines are solid. */
export function lineStylesOf(roles: readonly Role[]): readonly LineStyle[] {
  const seen = new Map<Role, number>();
  return roles.map((role, index) => {
    const before = seen.get(role) ?? 0;
    seen.set(role, before + 1);
    const choices = huesOf[role];
    const hue = hues[choices[before % choices.length] ?? 'grey'];
    const isMain = (role === 'unprotected' || role === 'protected') && before === 0;
    const dash = isMain ? '' : (dashes[(before + (role === 'ablation' ? 2 : 0)) % dashes.length] ?? '');
    return { name: `line-${index}`, ...hue, dash, widthPx: isMain ? 3 : 2.4 };
  });
}

/** One rule for each style: what the classes `line-0`, `line-1`, … mean inside `scope`. */
export function lineRules(styles: readonly LineStyle[], theme: 'light' | 'dark', scope = ''): string {
  return styles.map((style) => `${scope}.${style.name}{--line:${style[theme]}}`).join('\n');
}

/** Colours of the stacked outcomes, the good ones at the bottom. */
export const outcomeHues: Readonly<Record<string, { readonly light: string; readonly dark: string }>> = {
  good: hues.blue,
  degraded: hues.sky,
  late: hues.amber,
  shed: hues.green,
  timeout: hues.vermillion,
  'connection-error': hues.purple,
  'http-error': { light: '#6b2f52', dark: '#c77fae' },
  'not-sent': hues.grey,
};
