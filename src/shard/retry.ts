// Whether a scheduler should run a part again that has failed.
import { UserError } from '../protocol/errors';

/** What passes by itself, or on another machine: disks that are full or away, memory, too many files, a network. */
const passing = new Set([
  ...['ENOSPC', 'EDQUOT', 'EIO', 'ESTALE', 'EAGAIN', 'EBUSY', 'ENOMEM', 'EMFILE', 'ENFILE', 'EROFS', 'ENODEV', 'ENXIO'],
  ...['ETIMEDOUT', 'EHOSTDOWN', 'EHOSTUNREACH', 'ENETUNREACH', 'ECONNRESET', 'ECONNREFUSED', 'ENOTCONN', 'EAI_AGAIN'],
]);

/**
 * A mistake of the user's fails as often as it is tried; what has a cause in the system may pass, and of anything else
 * nobody knows.
 */
export function isWorthRetrying(error: unknown): boolean {
  if (!(error instanceof UserError)) return true;
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== undefined && passing.has(code)) return true;
  }
  return false;
}
