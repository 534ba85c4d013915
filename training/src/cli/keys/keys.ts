/** `glimpse keys …`: the API keys of the Worker. */
import { Command } from 'commander';
import { createCommand } from './create.ts';
import { listCommand } from './list.ts';
import { revokeCommand } from './revoke.ts';

export function keysCommand(): Command {
  const keys = new Command('keys');
  for (const command of [createCommand, listCommand, revokeCommand]) keys.addCommand(command());
  return keys;
}
