/** Options that verbs share, and parsers of option values. A parser rejects a wrong value with exit code 2. */
import { CANARY_CHANNEL } from '@glimpse/shared/release/channels';
import { nameSchema, versionSchema } from '@glimpse/shared/release/names';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { createOutput, type Output } from './output.ts';

export function integer(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < from || value > to) {
      throw new InvalidArgumentError(`Must be an integer from ${from} to ${to}.`);
    }
    return value;
  };
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0 || text.trim() === '')
    throw new InvalidArgumentError('Must be a number above 0.');
  return value;
}

/** A number from 0 to 1. */
export function share(range: 'inclusive' | 'exclusive'): (text: string) => number {
  return (text) => {
    const value = Number(text);
    const outside = range === 'inclusive' ? value < 0 || value > 1 : value <= 0 || value >= 1;
    if (!Number.isFinite(value) || outside || text.trim() === '') {
      throw new InvalidArgumentError(
        range === 'inclusive' ? 'Must be a number from 0 to 1.' : 'Must be a number above 0 and below 1.',
      );
    }
    return value;
  };
}

/** The name of a model, an architecture or a channel. */
export function name(text: string): string {
  if (nameSchema.safeParse(text).success) return text;
  throw new InvalidArgumentError('Must be 1 to 64 characters: a-z, 0-9 and -.');
}

export function version(text: string): string {
  if (!versionSchema.safeParse(text).success) {
    throw new InvalidArgumentError(
      'Must be a version, like 20261125T0312Z-ab12cd34. List them with: glimpse releases list',
    );
  }
  return text;
}

/** `--percent`, for the canary channel only. */
export function percentOption(): Option {
  return new Option('--percent <n>', 'percentage of callers that get the canary').argParser(percent);
}

/** Exit 2 if the canary channel has no percentage, or another channel has one. */
export function assertPercent(command: Command, { channel, percent }: { channel: string; percent?: number }): void {
  if ((percent !== undefined) === (channel === CANARY_CHANNEL)) return;
  command.error(`error: --channel ${CANARY_CHANNEL} needs --percent, and no other channel accepts it`, { exitCode: 2 });
}

function percent(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d)?$/.test(text) || value > 100) {
    throw new InvalidArgumentError('Must be a number from 0 to 100 with at most one decimal.');
  }
  return value;
}

export function outputOf(command: Command): Output {
  return createOutput(command.optsWithGlobals().json === true);
}
