/**
 * `npm run trace`: which of the project's own files and functions run in one warm request and in each verb of a training.
 *
 *     npm run trace -- [--root DIR] [--files]
 *
 * Every path comes from V8's coverage, so another checkout, with folders of other names, can be measured by `--root`. It
 * needs its own node_modules. The README has what is counted.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { writeShapes } from '../golden/shapes.ts';
import { count, filesByFolder, functionsThatRan, type RanFunction, readCoverageFolder } from './coverage.ts';

const run = promisify(execFile);

const { values: options } = parseArgs({
  options: {
    root: { type: 'string', default: join(import.meta.dirname, '../..') },
    files: { type: 'boolean', default: false },
  },
});
const root = await realpath(options.root);

const traces = new Map<string, readonly RanFunction[]>();
traces.set('POST /v1/classify', await traceRequest());
for (const [verb, ran] of await traceTraining()) traces.set(verb, ran);

console.log('| | files | folders | functions |\n|---|---|---|---|');
for (const [what, ran] of traces) {
  const { files, folders, functions } = count(ran);
  console.log(`| ${what} | ${files} | ${folders} | ${functions} |`);
}
if (options.files) {
  for (const [what, ran] of traces) {
    console.log(`\n${what}`);
    for (const [folder, files] of Object.entries(filesByFolder(ran))) console.log(`  ${folder}: ${files.join(' ')}`);
  }
}

async function traceRequest(): Promise<RanFunction[]> {
  const program = join(import.meta.dirname, 'request.ts');
  const { stdout } = await run(process.execPath, [program, root], { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}

/** One epoch of the network that image folders get, evaluated and quantized. */
async function traceTraining(): Promise<[string, RanFunction[]][]> {
  const folder = await mkdtemp(join(tmpdir(), 'glimpse-trace-'));
  try {
    await writeShapes(join(folder, 'shapes'));
    const traced: [string, RanFunction[]][] = [];
    const trace = async (verb: string, ...args: string[]) => {
      const NODE_V8_COVERAGE = join(folder, `coverage-${verb}`);
      const env = { ...process.env, NODE_V8_COVERAGE, GLIMPSE_CACHE: join(folder, 'cache') };
      await run(process.execPath, [join(root, 'node_modules/.bin/glimpse'), verb, ...args], { cwd: folder, env });
      traced.push([verb, functionsThatRan(await readCoverageFolder(NODE_V8_COVERAGE), root)]);
    };
    await trace('train', '--data', 'shapes', '--size', '16', '--epochs', '1', '--engine', 'wasm');
    const [name] = await readdir(join(folder, 'runs'));
    const runFolder = join(folder, 'runs', name!);
    await trace('evaluate', runFolder);
    await trace('quantize', runFolder, '--max-drop', '100');
    return traced;
  } finally {
    await rm(folder, { recursive: true });
  }
}
