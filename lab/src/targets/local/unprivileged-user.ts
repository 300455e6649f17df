import { readFileSync } from 'node:fs';
import { TargetError } from './target-error.ts';

export interface SystemUser {
  readonly name: string;
  /** Signed 32 bits, as `spawn` wants them (macOS: nobody is −2); `chown` wants them unsigned. */
  readonly userId: number;
  readonly groupId: number;
}

/** Users that exist on most systems and own nothing, in order of preference. */
const candidates = ['nobody', 'postgres'];

/**
 * The user that PostgreSQL runs as when the lab is root (PostgreSQL refuses to run as root). Throws
 * `no-unprivileged-user` when the system has none.
 */
export function chooseUnprivilegedUser(passwd = readFileSync('/etc/passwd', 'utf8')): SystemUser {
  const users = passwd.split('\n').flatMap(parseUser);
  const chosen = candidates
    .map((name) => users.find((user) => user.name === name))
    .find((user) => user !== undefined);
  if (chosen !== undefined) return chosen;
  throw new TargetError(
    'no-unprivileged-user',
    `PostgreSQL does not run as root, and there is neither a user nobody nor a user postgres; run as another user, or name a database with --database-url`,
  );
}

/** One line of passwd(5): name:password:UID:GID:… */
function parseUser(line: string): readonly SystemUser[] {
  const [name, , userId, groupId] = line.split(':');
  if (name === undefined || !isId(userId) || !isId(groupId) || Number(userId) === 0) return [];
  return [{ name, userId: Number(userId) | 0, groupId: Number(groupId) | 0 }];
}

function isId(text: string | undefined): text is string {
  return text !== undefined && /^-?\d+$/.test(text);
}
