const known = new Map<string, string>();

/** A header's name as k6 shows it, for example `Content-Type`. */
export function canonicalName(name: string): string {
  let canonical = known.get(name);
  if (canonical === undefined) {
    canonical = name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
    // Names come from servers: a map without a limit would grow with each that they invent.
    if (known.size < 1000) known.set(name, canonical);
  }
  return canonical;
}

/** Node's flat list of names and values, with several values of one name joined. */
export function canonicalHeaders(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = canonicalName(raw[index] ?? '');
    const value = raw[index + 1] ?? '';
    const before = headers[name];
    headers[name] = before === undefined ? value : `${before}, ${value}`;
  }
  return headers;
}
