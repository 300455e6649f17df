/** What the bench tells the bare server: note when requests arrive, or say when they did, in ms, and stop noting. */
export interface ArrivalOrder {
  readonly order: 'note' | 'tell';
}

export interface ArrivalAnswer {
  readonly arrivalsMs: readonly number[];
}
