/** Options that several verbs share, and how their values are read. */
import { CANARY_CHANNEL } from '@glimpse/shared/release/channels';
import { nameSchema, versionSchema } from '@glimpse/shared/release/names';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { createOutput, type Output } from './output.ts';

/** A whole number within bounds, or exit 2. */
export function wholeNumber(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < from || value > to) {
      throw new InvalidArgumentError(`It is a whole number from ${from} to ${to}.`);
    }
    return value;
  };
}

/** A number above 0, or exit 2. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0 || text.trim() === '')
    throw new InvalidArgumentError('It is a number above 0.');
  return value;
}

/** A number from 0 to 1, or exit 2. The ends may be excluded. */
export function share(ends: 'with ends' | 'without ends'): (text: string) => number {
  return (text) => {
    const value = Number(text);
    const outside = ends === 'with ends' ? value < 0 || value > 1 : value <= 0 || value >= 1;
    if (!Number.isFinite(value) || outside || text.trim() === '') {
      throw new InvalidArgumentError(
        ends === 'with ends' ? 'It is a number from 0 to 1.' : 'It is a number between 0 and 1.',
      );
    }
    return value;
  };
}

/** A name that models, architectures and channels may bear, or exit 2. */
export function name(text: string): string {
  if (nameSchema.safeParse(text).success) return text;
  throw new InvalidArgumentError('A name has 1 to 64 of a-z, 0-9 and -.');
}

/** A release's version, or exit 2. */
export function version(text: string): string {
  if (!versionSchema.safeParse(text).success) {
    throw new InvalidArgumentError('A version looks like 20261125T0312Z-ab12cd34; see: glimpse releases list');
  }
  return text;
}

/** `--percent`, which goes with the canary alone. */
export function percentOption(): Option {
  return new Option('--percent <n>', 'callers in a hundred who get the canary').argParser(percent);
}

/** Exit 2 where a percent is missing, or is none of the channel's. */
export function assertPercent(command: Command, { channel, percent }: { channel: string; percent?: number }): void {
  if ((percent !== undefined) === (channel === CANARY_CHANNEL)) return;
  command.error(`error: --percent goes with --channel ${CANARY_CHANNEL}, and it with --percent`, { exitCode: 2 });
}

function percent(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d)?$/.test(text) || value > 100) {
    throw new InvalidArgumentError('It is a number from 0 to 100, with one decimal at most.');
  }
  return value;
}

export function outputOf(command: Command): Output {
  return createOutput(command.optsWithGlobals().json === true);
}
