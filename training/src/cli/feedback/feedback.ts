/** `glimpse feedback …`: feedback on answers, from the account store to the next training. */
import { Command } from 'commander';
import { deleteCommand } from './delete.ts';
import { listCommand } from './list.ts';
import { pruneCommand } from './prune.ts';
import { pullCommand } from './pull.ts';
import { showCommand } from './show.ts';

const commands = [listCommand, showCommand, pullCommand, deleteCommand, pruneCommand];

export function feedbackCommand(): Command {
  const feedback = new Command('feedback');
  for (const command of commands) feedback.addCommand(command());
  return feedback;
}
