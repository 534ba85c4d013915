/** Measures the memory of the workerd processes started by this process. Linux only. */
import { readdir, readFile } from 'node:fs/promises';

/** @returns resident bytes of all workerd processes that this process started */
export async function workerdBytes(): Promise<number> {
  let bytes = 0;
  for (const id of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
    const field = (name: string) => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1];
    if (field('Name') === 'workerd' && Number(field('PPid')) === process.pid)
      bytes += Number(field('VmRSS') ?? 0) * 1024;
  }
  return bytes;
}
