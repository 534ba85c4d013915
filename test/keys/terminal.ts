/** One shell for many commands, as somebody has it who types them: variables stay, and stderr is seen as well. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Terminal {
  /** @returns what the command printed, both streams in their order */
  type(command: string): Promise<string>;
  close(): Promise<void>;
}

/** Ends what a command prints. */
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
