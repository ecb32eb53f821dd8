/** An error of the system, with the path of the file that a user knows instead of a temporary one or none. */
export function atPath(error: unknown, path: string): unknown {
  if (error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string')
    (error as NodeJS.ErrnoException).path = path;
  return error;
}
