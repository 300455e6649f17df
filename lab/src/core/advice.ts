import type { ArmResult } from './document.ts';

/** What someone can do on this machine about an arm that stayed INCONCLUSIVE. */
export function adviceFor(result: Pick<ArmResult, 'validity'>, busiestProcess: string | null): string {
  const { validity } = result;
  const close =
    busiestProcess === null
      ? 'close other programs that use the CPU'
      : `close or pause "${busiestProcess}", the busiest other process now`;
  const isDriverFull = (validity.driverUtilisationRatio ?? 0) > 0.5 && (validity.foreignCpuRatio ?? 1) < 0.2;
  if (!validity.valid && isDriverFull)
    return 'The load is more than this generator can send here: lower its rates with --set load.<name>.rate=….';
  if (!validity.valid) return `The machine was too busy to be believed: ${close}, then run again.`;
  if ((validity.foreignCpuRatio ?? 0) > 0.2 || (validity.latenessP99Ms ?? 0) > 5)
    return `The machine was busy: ${close}, then run again.`;
  return 'The machine was quiet, so it is the system: by these bounds it is neither broken nor well.';
}
