import type { RunDocument } from '../core/document.ts';

/** The document as JSON text for people and programs, ending in a newline. */
export function renderJson(document: RunDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
