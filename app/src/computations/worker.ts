import type { Computation, Job } from './computation.ts';

/** The program of a worker thread: finds the computation by its name, and runs it. */
// oxlint-disable-next-line import/no-default-export -- what piscina calls
export default async function work({ name, input }: Job): Promise<unknown> {
  const exported = Object.values((await import(new URL(`${name}.js`, import.meta.url).href)) as object);
  const computation = exported.find(
    (value): value is Computation => (value as Partial<Computation>).kind === 'computation',
  );
  if (computation === undefined) throw new Error(`computations/${name} exports no computation`);
  return computation.run(input);
}
