import { styleText } from 'node:util';

/** How text for a terminal or a plain file may look. */
export interface TerminalStyle {
  /** Control codes for colours. False where the output is no terminal. */
  readonly colour: boolean;
  /** False: ASCII only (lines, marks, bars). */
  readonly unicode: boolean;
  readonly widthColumns: number;
}

export type Paint = (format: 'red' | 'green' | 'yellow' | 'bold' | 'dim', text: string) => string;

/** Colours a text, or leaves it alone. */
export function createPaint({ colour }: Pick<TerminalStyle, 'colour'>): Paint {
  return (format, text) => (colour ? styleText(format, text, { validateStream: false }) : text);
}

const replacements: readonly (readonly [RegExp, string])[] = [
  [/[–—]/g, '-'],
  [/…/g, '...'],
  [/×/g, 'x'],
  [/≤/g, '<='],
  [/≥/g, '>='],
  [/·/g, '|'],
  [/÷/g, '/'],
  [/[‘’]/g, "'"],
  [/[“”]/g, '"'],
  [/µ/g, 'u'],
  [/→/g, '->'],
];

/** Leaves only ASCII where the style asks for it. What has no spelling in ASCII becomes `?`. */
export function toPlain(text: string, { unicode }: Pick<TerminalStyle, 'unicode'>): string {
  if (unicode) return text;
  const spelled = replacements.reduce((result, [pattern, ascii]) => result.replace(pattern, ascii), text);
  // oxlint-disable-next-line no-control-regex -- control codes of colours and newlines stay
  return spelled.replace(/[^\u0000-\u007F]/g, '?');
}

/** A figure stays with its unit and its bound with `<=`, and a method with its path. */
const separator = /(?<![<>]=) (?!%|ms\b|s\b|\/)/;

/** Breaks a text at spaces; every line but the first starts with `hang`. Its own indentation stays. */
export function wrap(text: string, widthColumns: number, hang = ''): string[] {
  const [indent = ''] = /^ */.exec(text) ?? [];
  const [first = '', ...words] = text.trimStart().split(separator);
  const lines: string[] = [];
  let line = `${indent}${first}`;
  for (const word of words) {
    if (line.length + 1 + word.length > widthColumns) {
      lines.push(line);
      line = `${hang}${word}`;
    } else line = `${line} ${word}`;
  }
  return [...lines, line];
}
