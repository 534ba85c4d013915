/** A competitor's process, with requests on stdin and answers on stdout. Its memory and CPU time are measured from outside. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface, type Interface } from 'node:readline';
import type { Failure, Requests } from './protocol.ts';

export class LineProcess<H> {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #errors: string[] = [];
  #hello: H | undefined;

  private constructor(child: ChildProcessWithoutNullStreams, lines: Interface) {
    this.#child = child;
    this.#lines = lines[Symbol.asyncIterator]();
    child.stderr.on('data', (chunk) => this.#errors.push(String(chunk)));
  }

  /** @param environment added to that of this process */
  static async start<H>(
    program: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
  ): Promise<LineProcess<H>> {
    const child = spawn(program, args, { env: { ...process.env, ...environment } });
    const started = new LineProcess<H>(child, createInterface({ input: child.stdout }));
    started.#hello = await started.#read<H>();
    return started;
  }

  get hello(): H {
    return this.#hello!;
  }

  /** @throws {Error} with the message of the process, or the end of its stderr if it has exited */
  async ask<Name extends keyof Requests>(
    name: Name,
    request: Requests[Name]['request'],
  ): Promise<Requests[Name]['answer']> {
    this.#child.stdin.write(`${JSON.stringify({ do: name, ...request })}\n`);
    const answer = await this.#read<Requests[Name]['answer'] | Failure>();
    if ('error' in answer) throw new Error(answer.error);
    return answer;
  }

  /**
   * Peak memory (Linux). The kernel resets this counter on exec, while `maxRSS` also includes the parent's memory at the
   * time of the fork.
   */
  async peakBytes(): Promise<number> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.stdin.end();
    await ended;
  }

  /** Ignores lines that are not JSON objects, which libraries print. */
  async #read<T>(): Promise<T> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done)
        throw new Error(`${this.#child.spawnargs.slice(0, 2).join(' ')} ended:\n${this.#errors.join('').slice(-3000)}`);
      if (value.startsWith('{')) return JSON.parse(value) as T;
    }
  }
}
