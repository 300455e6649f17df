/** A statement; with a `name` it is prepared once per connection and then only executed. */
export interface Statement {
  readonly text: string;
  readonly values?: readonly unknown[];
  readonly name?: string;
}
