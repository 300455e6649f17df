import { readdir } from 'node:fs/promises';

/** What every entry of a catalogue has. */
export interface Definition {
  readonly kind: string;
  readonly name: string;
}

/** A file of a catalogue is not what it must be; start-up ends with this. */
class CatalogueError extends Error {
  override readonly name = 'CatalogueError';
}

const DEFINITION_FILE = /^([a-z0-9]+(?:-[a-z0-9]+)*)\.(?:js|ts)$/;

/**
 * Loads a folder of definitions: the folder is the catalogue, there is no list beside it. Each `kebab-name.ts` (`.js`
 * when compiled) must export exactly one definition of `kind`, with the file's name as its name. The file `<kind>.ts`
 * is the interface and left out, as are tests. Works from `dist` and under vitest, because the caller passes its own `import`.
 * @throws CatalogueError naming the file and what is wrong with it.
 */
export async function loadCatalogue<D extends Definition>(
  folder: URL,
  kind: D['kind'],
  importFile: (url: string) => Promise<unknown>,
): Promise<readonly D[]> {
  const definitions: D[] = [];
  for (const file of (await readdir(folder)).sort()) {
    const name = DEFINITION_FILE.exec(file)?.[1];
    if (name === undefined || name === kind) continue;
    const exported = Object.values((await importFile(new URL(file, folder).href)) as object);
    const [definition, ...others] = exported.filter((value): value is D => isDefinition(value, kind));
    if (definition === undefined) throw new CatalogueError(`${file}: exports no ${kind}`);
    if (others.length > 0) throw new CatalogueError(`${file}: exports more than one ${kind}`);
    if (definition.name !== name) {
      throw new CatalogueError(`${file}: its ${kind} is called "${definition.name}", it must be "${name}"`);
    }
    definitions.push(definition);
  }
  return definitions;
}

function isDefinition(value: unknown, kind: string): boolean {
  return typeof value === 'object' && value !== null && (value as Partial<Definition>).kind === kind;
}
