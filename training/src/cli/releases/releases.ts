/** `glimpse releases …`: what is in the store, what is live, and how it came there. */
import { Command } from 'commander';
import { diffCommand } from './diff.ts';
import { historyCommand } from './history.ts';
import { listCommand } from './list.ts';
import { presignCommand } from './presign.ts';
import { promoteCommand } from './promote.ts';
import { pruneCommand } from './prune.ts';
import { rollbackCommand } from './rollback.ts';
import { showCommand } from './show.ts';
import { signCommand } from './sign.ts';
import { verifyCommand } from './verify.ts';

const commands = [
  listCommand,
  showCommand,
  historyCommand,
  promoteCommand,
  rollbackCommand,
  verifyCommand,
  diffCommand,
  pruneCommand,
  signCommand,
  presignCommand,
];

export function releasesCommand(): Command {
  const releases = new Command('releases');
  for (const command of commands) releases.addCommand(command());
  return releases;
}
