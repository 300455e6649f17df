/** Warnings of one kind that are shown one by one. */
const shown = 10;

export interface RepeatedWarnings {
  /** Hands a warning on while few of its kind have come; the kind is its text before the first quotation mark. */
  warn(message: string): void;
  /** Says how many of each kind were not shown. */
  end(): void;
}

/** A failing system makes thousands of warnings that say the same; metrics count them all. */
export function limitWarnings(log: (message: string) => void): RepeatedWarnings {
  const counts = new Map<string, number>();
  return {
    warn(message) {
      const kind = message.split('"', 1)[0] ?? '';
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      if (count <= shown) log(message);
      else if (count === shown + 1)
        log(`${kind.replace(/ \w+=$/, '')}: more of these are counted, not shown`);
    },
    end() {
      for (const [kind, count] of counts)
        if (count > shown) log(`${kind.replace(/ \w+=$/, '')}: ${count} in all, ${count - shown} not shown`);
    },
  };
}
