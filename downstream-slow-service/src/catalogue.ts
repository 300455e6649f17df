import { readdir } from 'node:fs/promises';

export interface CatalogueRequest<Definition> {
  /** The folder's URL, with a `/` at its end. */
  readonly folder: URL;
  /** The file, without extension, that holds the interface and no definition. */
  readonly interfaceFile: string;
  readonly isDefinition: (value: unknown) => value is Definition;
  /** The caller's own `import`: only the caller's module system knows how to load its files. */
  readonly load: (url: string) => Promise<Record<string, unknown>>;
}

const DEFINITION_FILE = /^([a-z0-9-]+)\.[jt]s$/;

/**
 * Loads a folder of definitions, in the order of their names. The folder is the list: each `<name>.ts` (compiled:
 * `<name>.js`) exports exactly one definition, whose `name` is the file's. Tests, declarations and maps are left out.
 * Rejects with the file and the reason otherwise.
 */
export async function loadCatalogue<Definition extends { readonly name: string }>(
  request: CatalogueRequest<Definition>,
): Promise<readonly Definition[]> {
  const definitions: Definition[] = [];
  for (const file of (await readdir(request.folder)).sort()) {
    const name = DEFINITION_FILE.exec(file)?.[1];
    if (name === undefined || name === request.interfaceFile) continue;
    definitions.push(await loadDefinition(request, file, name));
  }
  return definitions;
}

async function loadDefinition<Definition extends { readonly name: string }>(
  request: CatalogueRequest<Definition>,
  file: string,
  name: string,
): Promise<Definition> {
  const url = new URL(file, request.folder).href;
  const found = Object.values(await request.load(url)).filter(request.isDefinition);
  const [definition] = found;
  if (definition === undefined || found.length > 1) {
    throw new Error(`${url} must export exactly one definition, and it exports ${found.length}.`);
  }
  if (definition.name !== name) {
    throw new Error(
      `${url} must define '${name}', as its file name says, and it defines '${definition.name}'.`,
    );
  }
  return definition;
}
