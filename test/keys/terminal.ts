/** One shell for many commands, like a person's terminal: variables persist, and stderr is visible. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Terminal {
  /** @returns what the command printed, both streams in order */
  type(command: string): Promise<string>;
  close(): Promise<void>;
}

/** Marks the end of a command's output. */
const MARK = '\u0004end of command';

export function openTerminal(folder: string, env: Record<string, string> = {}): Terminal {
  const shell = spawn('bash', ['--noprofile', '--norc'], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  shell.stdin.write('exec 2>&1\n');
  let printed = '';
  let more: () => void = () => {};
  shell.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    more();
  });
  shell.once('exit', () => more());
  return {
    async type(command) {
      printed = '';
      shell.stdin.write(`${command}\nprintf '%s\\n' "${MARK}"\n`);
      while (!printed.includes(MARK)) {
        if (shell.exitCode !== null) throw new Error(`The shell ended within: ${command}\n${printed}`);
        await new Promise<void>((resolve) => {
          more = resolve;
        });
      }
      return printed.slice(0, printed.indexOf(MARK));
    },
    async close() {
      const ended = once(shell, 'exit');
      shell.stdin.end();
      await ended;
    },
  };
}
