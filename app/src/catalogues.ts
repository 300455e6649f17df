import { loadCatalogue } from './catalogue.ts';
import type { Failure } from './failures/failure.ts';
import type { Protection } from './protections/protection.ts';

export interface Catalogues {
  readonly failures: readonly Failure[];
  readonly protections: readonly Protection[];
}

/** Loads all failures and protections from their folders. */
export async function loadCatalogues(): Promise<Catalogues> {
  const importFile = (url: string): Promise<unknown> => import(url);
  return {
    failures: await loadCatalogue<Failure>(new URL('failures/', import.meta.url), 'failure', importFile),
    protections: await loadCatalogue<Protection>(
      new URL('protections/', import.meta.url),
      'protection',
      importFile,
    ),
  };
}
