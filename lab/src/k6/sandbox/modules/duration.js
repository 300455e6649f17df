const unitMs = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1, us: 1e-3, µs: 1e-3, ns: 1e-6 };
const part = /(\d+(?:\.\d+)?)(ms|us|µs|ns|d|h|m|s)/g;

/**
 * Milliseconds of a number (which is milliseconds) or of a text such as `1m30s`.
 * @param {unknown} duration
 */
export function toMs(duration) {
  if (typeof duration === 'number') return duration;
  const text = String(duration).trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  const parts = [...text.matchAll(part)];
  if (text === '' || parts.map(([whole]) => whole).join('') !== text)
    throw new Error(`"${text}" is no duration: legal are milliseconds, or texts such as 500ms and 1m30s`);
  return parts.reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * unitMs[/** @type {keyof typeof unitMs} */ (unit)],
    0,
  );
}
