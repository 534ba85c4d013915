import type { Provenance } from './results.ts';

/** Formatted as a list. */
export function provenance({ date, commit, release, machine, versions }: Provenance): string {
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    dateLine(date),
    `- Commit: ${commit}`,
    `- Release: ${release}`,
    machineLine(machine),
    `- Load average before: ${machine.load.toFixed(2)}`,
    `- Versions: ${list.join(', ')}`,
  ].join('\n');
}

/** @param date ISO 8601 */
export function dateLine(date: string): string {
  return `- Date: ${date.replace('T', ' ').replace(/\..*/, ' UTC')}`;
}

export function machineLine({ processor, cores, memoryBytes, system }: Provenance['machine']): string {
  return `- Machine: ${processor}, ${cores} cores, ${(memoryBytes / 2 ** 30).toFixed(0)} GiB, ${system}`;
}
