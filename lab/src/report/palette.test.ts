import { describe, expect, it } from 'vitest';
import { darkColours, lightColours } from './html-style.ts';
import { lineStylesOf, outcomeHues } from './palette.ts';

const arms = [
  'unprotected',
  'wrong-fix',
  'wrong-fix',
  'protected',
  'ablation',
  'ablation',
  'ablation',
  'ablation',
] as const;

/** WCAG 2.2: relative luminance and contrast ratio. */
function contrast(left: string, right: string): number {
  const luminance = (colour: string) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5]
      .map((start) => Number.parseInt(colour.slice(start, start + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [low = 0, high = 0] = [luminance(left), luminance(right)].sort((one, other) => one - other);
  return (high + 0.05) / (low + 0.05);
}

const colourOf = (rules: string, name: string) =>
  new RegExp(`--${name}:(#[0-9a-f]{6})`).exec(rules)?.[1] ?? '';

describe.each([
  ['light', lightColours],
  ['dark', darkColours],
] as const)('in the %s theme', (theme, rules) => {
  it.each(['paper', 'panel'])('every text is readable on --%s', (background) => {
    for (const name of ['ink', 'quiet', 'broken', 'well', 'unknown'])
      expect(contrast(colourOf(rules, name), colourOf(rules, background))).toBeGreaterThan(4.5);
  });

  it('labels of lines are readable inside the shade', () => {
    for (const style of lineStylesOf(arms))
      expect(contrast(style[theme], colourOf(rules, 'shade'))).toBeGreaterThan(4.5);
  });

  it('areas stand out from the page', () => {
    for (const hue of Object.values(outcomeHues))
      expect(contrast(hue[theme], colourOf(rules, 'paper'))).toBeGreaterThan(3);
  });
});

it('never gives two arms the same look, nor tells them apart by colour alone', () => {
  const styles = lineStylesOf(arms);
  const looks = styles.map(({ light, dash }) => `${light} ${dash}`);
  expect(new Set(looks).size).toBe(arms.length);
  const dashesOfFailures = styles.filter((_, index) => arms[index] !== 'protected').map(({ dash }) => dash);
  expect(dashesOfFailures.slice(0, 3)).toEqual([...new Set(dashesOfFailures.slice(0, 3))]);
});
