/**
 * Alternates promote and rollback through the command line's own code until it is killed.
 *
 *     node move-every.ts MILLISECONDS VERSION MODEL s3://bucket/prefix
 *
 * Prints a line of JSON before each move ({"event":"begun"}) and, from the command itself, one after ({"event":"moved",…}).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { releasesCommand } from '@glimpse/training/cli/releases/releases';
import { Command } from 'commander';

const [every = '', version = '', model = '', store = ''] = process.argv.slice(2);

for (let moves = 0; ; moves++) {
  const began = Date.now();
  console.log(JSON.stringify({ event: 'begun' }));
  const verb = moves % 2 === 0 ? ['promote', version] : ['rollback', '--reason', `move ${moves}`];
  await new Command()
    .option('--json')
    .addCommand(releasesCommand())
    .parseAsync(['--json', 'releases', ...verb, '--model', model, '--from', store], { from: 'user' });
  await sleep(Math.max(0, Number(every) - (Date.now() - began)));
}
