import type { Provenance } from './results.ts';

/** As a list. */
export function provenance({ date, commit, release, machine, versions }: Provenance): string {
  const { processor, cores, memoryBytes, system, load } = machine;
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `- Date: ${date.replace('T', ' ').replace(/\..*/, ' UTC')}`,
    `- Commit: ${commit}`,
    `- Release: ${release}`,
    `- Machine: ${processor}, ${cores} cores, ${(memoryBytes / 2 ** 30).toFixed(0)} GiB, ${system}`,
    `- Load average before: ${load.toFixed(2)}`,
    `- Versions: ${list.join(', ')}`,
  ].join('\n');
}
