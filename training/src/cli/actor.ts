/** The name for a channel's history: GLIMPSE_ACTOR, or the user's name on this machine. */
import { userInfo } from 'node:os';

export function actor(): string {
  if (process.env.GLIMPSE_ACTOR) return process.env.GLIMPSE_ACTOR;
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
