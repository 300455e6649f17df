import type { PoolClient } from 'pg';
import type { SessionParameter } from '../protections/protection.ts';

/** The session of one connection while somebody holds it. */
export interface Session {
  want(parameter: SessionParameter, value: string): void;
  /** Makes the session what is wanted; undefined when it is so already. After a failure nobody knows what it is. */
  apply(): Promise<void> | undefined;
}

export interface Sessions {
  /** For the next holder of a connection, who wants nothing yet: the parameters go back to the server's defaults. */
  adopt(client: PoolClient): Session;
}

type Values = Readonly<Partial<Record<SessionParameter, string>>>;
const NOTHING: Values = Object.freeze({});

/**
 * Remembers what was set on each connection, so that a setting costs a round trip only when it changes: none while a
 * protection stays off, one on each connection after it was switched.
 */
export function createSessions(): Sessions {
  const current = new WeakMap<PoolClient, Values>();

  return {
    adopt(client) {
      let wanted = NOTHING;
      return {
        want(parameter, value) {
          wanted = { ...wanted, [parameter]: value };
        },
        apply() {
          const had = current.get(client) ?? NOTHING;
          return had === wanted ? undefined : change(client, had, wanted);
        },
      };
    },
  };

  async function change(client: PoolClient, had: Values, wanted: Values): Promise<void> {
    const changes = toChanges(had, wanted);
    if (changes !== '') await client.query(changes);
    current.set(client, wanted);
  }
}

/** Names come from a closed list and values are numbers of milliseconds, so the text can be put together. */
function toChanges(had: Values, wanted: Values): string {
  const names = new Set([...Object.keys(had), ...Object.keys(wanted)] as SessionParameter[]);
  return [...names]
    .filter((name) => had[name] !== wanted[name])
    .map((name) => {
      const value = wanted[name];
      return value === undefined ? `RESET ${name};` : `SET ${name} = ${Number(value)};`;
    })
    .join(' ');
}
