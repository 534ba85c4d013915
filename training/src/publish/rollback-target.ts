/** Where a rollback goes when nobody says where. */
import type { Move } from '@glimpse/shared/release/channels';

/**
 * The version that a channel served before the one it serves. A version that was rolled back from is not gone back to: after
 * A, B and a rollback to A there is nothing before A.
 *
 * @param history oldest first, of all channels
 * @returns undefined where the history knows of none
 */
export function previousVersion(history: readonly Move[], channel: string): string | undefined {
  const served: string[] = [];
  for (const move of history) {
    if (move.channel !== channel) continue;
    const at = served.indexOf(move.to);
    if (at >= 0) served.length = at;
    // The first move that is known tells of the one before it.
    else if (served.length === 0 && move.from !== null) served.push(move.from);
    served.push(move.to);
  }
  return served.at(-2);
}
