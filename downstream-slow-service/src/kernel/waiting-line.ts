/** A line that is taken from at either end and left from any place, each in constant time, however long it is. */
export interface WaitingLine<Value> {
  readonly size: number;
  /** Joins at the end. Call what it returns to leave; once the value was taken, that does nothing. */
  join(value: Value): () => void;
  takeOldest(): Value | undefined;
  takeNewest(): Value | undefined;
}

interface Place<Value> {
  /** Only the gate has none: the place between the newest and the oldest, which closes the ring. */
  readonly value?: Value;
  older: Place<Value>;
  newer: Place<Value>;
}

/** Creates an empty line: a ring of places, linked in both directions. */
export function createWaitingLine<Value extends object>(): WaitingLine<Value> {
  const gate = {} as Place<Value>;
  gate.older = gate;
  gate.newer = gate;
  let size = 0;

  const remove = (place: Place<Value>): Value | undefined => {
    if (place === gate || place.older.newer !== place) return undefined;
    place.older.newer = place.newer;
    place.newer.older = place.older;
    size -= 1;
    return place.value;
  };

  return {
    get size() {
      return size;
    },
    join: (value) => {
      const place: Place<Value> = { value, older: gate.older, newer: gate };
      gate.older.newer = place;
      gate.older = place;
      size += 1;
      return () => void remove(place);
    },
    takeOldest: () => remove(gate.newer),
    takeNewest: () => remove(gate.older),
  };
}
