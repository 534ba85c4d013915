/**
 * Prints the commands and output of a key's life, from `glimpse keys create` to its revocation:
 *
 *     node test/keys/transcript.ts
 *
 * docs/first-key.md holds what it printed. Needs CIFAR-10 (`npx glimpse data cifar10`).
 */
import { firstKey } from './first-key.ts';

await firstKey((typed, printed) => {
  const command = typed.split('\n').join('\n  ');
  console.log(`$ ${command}\n${printed}\n`);
});
