import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { K6Error, k6ExitCodes, OutsideSubsetError } from '../exit-code.ts';
import { supportedApi } from './supported.ts';

/** Where the API modules lie, as JavaScript that is run as it stands. */
const modulesFolder = new URL('./modules/', import.meta.url);
const ownPrefix = 'k6:';

/** Texts of modules, read once for all VUs. */
export type Sources = Map<string, string>;

/** Finds the modules of a script for one engine. A module's name is what errors show: its path from the working folder. */
export class ModuleLoader {
  /** Why the script cannot be loaded; the engine's own words for it would be poorer. */
  refusal: K6Error | null = null;
  readonly scriptName: string;
  readonly #sources: Sources;

  constructor(scriptPath: string, sources: Sources) {
    this.scriptName = nameOf(scriptPath);
    this.#sources = sources;
  }

  /** Throws a K6Error where there is no such script. */
  script(): string {
    if (/\.tsx?$/.test(this.scriptName)) throw new OutsideSubsetError('TypeScript', this.scriptName);
    if (!isFile(pathOf(this.scriptName)))
      throw new K6Error(k6ExitCodes.scriptException, `there is no script ${this.scriptName}`);
    return this.load(this.scriptName);
  }

  /** The name of the module that `importer` asks for. */
  normalize(importer: string, request: string): string {
    if (importer.startsWith(ownPrefix)) return ownPrefix + request.replace(/^\.\//, '').replace(/\.js$/, '');
    if (Object.hasOwn(supportedApi, request)) return ownPrefix + (request.split('/')[1] ?? request);
    const place = this.#placeOfImport(importer, request);
    if (!/^\.{0,2}\//.test(request))
      return this.#refuse(new OutsideSubsetError(`the module ${request}`, place));
    if (/\.tsx?$/.test(request)) return this.#refuse(new OutsideSubsetError('TypeScript', place));
    const path = resolve(dirname(pathOf(importer)), request);
    if (!isFile(path))
      return this.#refuse(
        new K6Error(k6ExitCodes.scriptException, `${place}: there is no module ${nameOf(path)}`),
      );
    return nameOf(path);
  }

  load(name: string): string {
    let source = this.#sources.get(name);
    if (source === undefined) {
      const own = name.startsWith(ownPrefix);
      source = readFileSync(own ? ownModule(name) : pathOf(name), 'utf8');
      this.#sources.set(name, source);
    }
    return source;
  }

  /** What the engine says of a name that a module does not export, as an error with a place. */
  missingExport(message: string): K6Error | null {
    const [, exported = '', module = ''] =
      /^Could not find export '(.+)' in module '(.+)'$/.exec(message) ?? [];
    if (exported === '') return null;
    if (!module.startsWith(ownPrefix))
      return new K6Error(k6ExitCodes.scriptException, `${this.scriptName}: ${module} exports no ${exported}`);
    const api =
      Object.keys(supportedApi).find((name) => this.normalize(this.scriptName, name) === module) ?? module;
    for (const [name, source] of this.#sources) {
      const imports = source.matchAll(/\b(?:import|export)\b([^;'"]*)\bfrom\s*['"]([^'"]+)['"]/g);
      for (const { index, 0: text, 1: names = '', 2: from } of imports)
        if (from === api && names.split(/[\s,{}]+/).includes(exported)) {
          const line = lineAt(source, index + text.search(new RegExp(`[\\s,{]${exported}`)) + 1);
          return new OutsideSubsetError(`${exported} of ${api}`, `${name}:${line}`);
        }
    }
    return new OutsideSubsetError(`${exported} of ${api}`, this.scriptName);
  }

  /** The first place in the script's files that a pattern fits. */
  find(pattern: RegExp): string {
    for (const [name, source] of this.#sources) {
      if (name.startsWith(ownPrefix)) continue;
      const index = source.search(pattern);
      if (index >= 0) return `${name}:${lineAt(source, index)}`;
    }
    return this.scriptName;
  }

  #placeOfImport(importer: string, request: string): string {
    const source = this.#sources.get(importer) ?? '';
    const index = Math.max(source.indexOf(`'${request}'`), source.indexOf(`"${request}"`));
    return index < 0 ? importer : `${importer}:${lineAt(source, index)}`;
  }

  #refuse(error: K6Error): never {
    this.refusal ??= error;
    throw error;
  }
}

/** The path of a file that the script's file `fromFile` names. */
export function pathBeside(fromFile: string, path: string): string {
  return resolve(dirname(pathOf(fromFile)), path);
}

function nameOf(path: string): string {
  const name = relative(process.cwd(), path);
  return name.startsWith('..') || isAbsolute(name) ? path : name.replaceAll('\\', '/');
}

function pathOf(name: string): string {
  return resolve(process.cwd(), name);
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

function ownModule(name: string): URL {
  return new URL(`${name.slice(ownPrefix.length)}.js`, modulesFolder);
}

function lineAt(source: string, index: number): number {
  return source.slice(0, index).split('\n').length;
}
