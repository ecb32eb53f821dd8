import { UserError } from '../protocol/errors';

/**
 * Errors of the operating system that a user can mend, as a UserError with the file's name; anything else unchanged.
 * `what` names the place when the system does not, e.g. the run folder.
 */
export function explainSystemError(error: unknown, what: string): unknown {
  if (!(error instanceof Error) || error instanceof UserError) return error;
  const { code, path } = error as NodeJS.ErrnoException;
  const where = path ?? what;
  const because = { cause: error };
  switch (code) {
    case 'ENOSPC':
      return new UserError(
        `The disk is full: ${where} could not be written.`,
        'Free some space, then start or resume the job.',
        because,
      );
    case 'EDQUOT':
      return new UserError(
        `Your disk quota is used up: ${where} could not be written.`,
        'Free some space, then start or resume the job.',
        because,
      );
    case 'EROFS':
      return new UserError(`${where} is on a disk that cannot be written.`, 'Choose another folder.', because);
    case 'EACCES':
    case 'EPERM':
      return new UserError(
        `Permission to use ${where} is missing.`,
        'Change its permissions or choose another folder.',
        because,
      );
    case 'EMFILE':
    case 'ENFILE':
      return new UserError(
        'Too many files are open.',
        'Raise the limit (ulimit -n) or use fewer jobs at a time.',
        because,
      );
    default:
      return error;
  }
}
