import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The commit of this code, with `+changes` if tracked files differ from it; `unknown` outside a git checkout. */
export async function codeRevision(): Promise<string> {
  const git = async (...args: string[]) => (await run('git', args, { cwd: import.meta.dirname })).stdout.trim();
  try {
    const commit = await git('rev-parse', 'HEAD');
    return (await git('status', '--porcelain', '--untracked-files=no')) ? `${commit}+changes` : commit;
  } catch {
    return 'unknown';
  }
}
