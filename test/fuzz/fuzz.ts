/**
 * Mutation fuzzing of all decoders: `node test/fuzz/fuzz.ts [--executions N] [--seed N] [--seconds N]`. A finding (an
 * error other than ImageError, a result that a second run does not reproduce, or a timeout) is written to test/fuzz/findings,
 * and the exit code is 1. Files there are seeds of every later run, including the short one in the tests.
 */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nodeImageReader } from '@glimpse/shared/image/node';
import { seededRandom } from '../support/seeded-random.ts';
import { execute } from './execute.ts';
import { mutate } from './mutate.ts';
import { fuzzSeeds, MAX_SEED_BYTES } from './seeds.ts';

// Most inputs are refused, and stack traces would double their cost.
Error.stackTraceLimit = 0;

const { values } = parseArgs({
  options: {
    executions: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: 'Infinity' },
  },
});
/** Every Nth execution is repeated. */
const REPEAT_EVERY = 16;
/** Prints a line every N executions. */
const REPORT_EVERY = 250_000;

const readImage = nodeImageReader();
const seeds = await fuzzSeeds();
const random = seededRandom(Number(values.seed));
const pick = () => seeds[Math.floor(random() * seeds.length)]!;
const started = performance.now();
const outcomes = new Map<string, number>();
let findings = 0;
let executions = 0;
while (executions < Number(values.executions) && performance.now() - started < Number(values.seconds) * 1000) {
  const bytes = mutate(pick(), pick(), random, 2 * MAX_SEED_BYTES);
  executions++;
  try {
    const outcome = await execute(readImage, bytes);
    if (executions % REPEAT_EVERY === 0 && (await execute(readImage, bytes)) !== outcome) {
      throw new Error('a second run gives a different result');
    }
    const kind = outcome.split(' ', 1)[0]!;
    outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1);
  } catch (error) {
    findings++;
    await keep(bytes, error as Error);
  }
  if (executions % REPORT_EVERY === 0) report();
}
report();
process.exitCode = findings === 0 ? 0 : 1;

async function keep(bytes: Uint8Array, error: Error): Promise<void> {
  const folder = join(import.meta.dirname, 'findings');
  await mkdir(folder, { recursive: true });
  const name = `${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}.bin`;
  await writeFile(join(folder, name), bytes);
  console.log(`finding ${name}: ${error.stack ?? error.message}`);
}

function report(): void {
  const seconds = (performance.now() - started) / 1000;
  const kinds = [...outcomes].map(([kind, count]) => `${kind} ${count}`).join(', ');
  const memory = Math.round(process.memoryUsage().rss / 1e6);
  console.log(
    `seed ${values.seed}: ${executions} executions in ${seconds.toFixed(0)} s (${Math.round(executions / seconds)}/s), ` +
      `${findings} findings; ${kinds}; RSS ${memory} MB`,
  );
}
