/** Options that several verbs share, and how their values are read. */
import { type Command, InvalidArgumentError } from 'commander';
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

export function outputOf(command: Command): Output {
  return createOutput(command.optsWithGlobals().json === true);
}
