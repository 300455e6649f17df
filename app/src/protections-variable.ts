import { nearestNames } from './kernel/nearest.ts';
import { createReader, type Fault } from './kernel/settings.ts';
import type { Protection } from './protections/protection.ts';

/** The settings of the protections that are on, by name. */
export type EnabledProtections = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/**
 * Parses the variable PROTECTIONS: a comma list of `name` or `name:setting=value;setting=value`, for example
 * `downstream-timeout:timeoutMs=250,release-connection`. What is not given has its default. All faults are reported.
 */
export function parseProtections(
  text: string,
  protections: readonly Protection[],
): { readonly enabled: EnabledProtections; readonly faults: readonly Fault[] } {
  const enabled = new Map<string, Readonly<Record<string, unknown>>>();
  const faults: Fault[] = [];
  for (const item of text.split(',').map((part) => part.trim())) {
    if (item === '') continue;
    const colon = item.indexOf(':');
    const name = colon === -1 ? item : item.slice(0, colon).trim();
    const protection = protections.find((candidate) => candidate.name === name);
    if (protection === undefined) {
      faults.push({ field: 'PROTECTIONS', received: name, legal: legalNames(name, protections) });
      continue;
    }
    if (enabled.has(name)) {
      faults.push({ field: 'PROTECTIONS', received: item, legal: `${name} once` });
      continue;
    }
    const settings = parseAssignments(colon === -1 ? '' : item.slice(colon + 1), name, faults);
    const reading = createReader(protection.settings, { form: 'text', unknownNames: 'fault' })(settings);
    enabled.set(name, reading.ok ? reading.value : {});
    if (!reading.ok) {
      faults.push(
        ...reading.faults.map((fault) => ({ ...fault, field: `PROTECTIONS ${name}.${fault.field}` })),
      );
    }
  }
  return { enabled, faults };
}

function parseAssignments(text: string, name: string, faults: Fault[]): Record<string, string> {
  const settings = new Map<string, string>();
  for (const assignment of text.split(';').map((part) => part.trim())) {
    if (assignment === '') continue;
    const [key, value, ...rest] = assignment.split('=').map((part) => part.trim());
    if (!key || !value || rest.length > 0) {
      faults.push({ field: `PROTECTIONS ${name}`, received: assignment, legal: 'setting=value' });
    } else if (settings.has(key)) {
      faults.push({ field: `PROTECTIONS ${name}.${key}`, received: assignment, legal: 'one value' });
    } else settings.set(key, value);
  }
  return Object.fromEntries(settings);
}

function legalNames(name: string, protections: readonly Protection[]): string {
  const names = protections.map((protection) => protection.name);
  const near = nearestNames(name, names);
  return near.length > 0 ? `did you mean ${near.join(' or ')}?` : `one of ${names.join(', ')}`;
}
