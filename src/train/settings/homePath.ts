import { homedir } from 'node:os';
import { resolve } from 'node:path';

/** The absolute path that a user means; `~` at the beginning is the home directory (spec §0.2). */
export function expandHome(path: string): string {
  return resolve(path.replace(/^~(?=$|[\\/])/, homedir()));
}
