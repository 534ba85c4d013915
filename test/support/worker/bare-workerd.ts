/**
 * The bundled Worker in plain workerd, with an S3 server as its store. wrangler's local server sits between a client and
 * the Worker, and does not forward a client's disconnect.
 */
import '../../../edge/dev/quiet-wrangler.ts';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unstable_readConfig } from 'wrangler';
import { root } from './root.ts';
import { startS3 } from './s3-server.ts';

const require = createRequire(import.meta.url);
const { default: workerd } = require('workerd') as { default: string };
const { compatibility_date, compatibility_flags }: { compatibility_date: string; compatibility_flags: string[] } =
  unstable_readConfig({ config: join(root, 'wrangler.toml') });

export async function startBareWorkerd(vars: Record<string, string> = {}) {
  const s3 = await startS3('bucket');
  const folder = await mkdtemp(join(tmpdir(), 'glimpse-workerd-'));
  const cli = require.resolve('wrangler');
  await promisify(execFile)(process.execPath, ['--no-warnings', cli, 'deploy', '--dry-run', '--outdir', folder], {
    cwd: root,
  });
  const wasm = (await readdir(folder)).filter((name) => name.endsWith('.wasm'));
  const env = {
    S3_ENDPOINT: s3.endpoint,
    S3_BUCKET: 'bucket',
    S3_ACCESS_KEY_ID: 'key',
    S3_SECRET_ACCESS_KEY: 'secret',
    ...vars,
  };
  const list = (items: readonly string[]) => `[ ${items.join(', ')} ]`;
  const modules = [
    '(name = "index.js", esModule = embed "index.js")',
    ...wasm.map((name) => `(name = "./${name}", wasm = embed "${name}")`),
  ];
  const bindings = Object.entries(env).map(([name, text]) => `(name = "${name}", text = ${JSON.stringify(text)})`);
  await writeFile(
    join(folder, 'config.capnp'),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ (name = "glimpse", worker = .worker), (name = "internet", network = (allow = ["public", "private"])) ],
  sockets = [ (name = "http", address = "127.0.0.1:0", http = (), service = "glimpse") ],
);
const worker :Workerd.Worker = (
  modules = ${list(modules)},
  bindings = ${list(bindings)},
  compatibilityDate = ${JSON.stringify(compatibility_date)},
  compatibilityFlags = ${list(compatibility_flags.map((flag) => JSON.stringify(flag)))},
);
`,
  );
  const child = spawn(workerd, ['serve', '--control-fd=3', join(folder, 'config.capnp')], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  const ended = once(child, 'exit');
  // The first line on the control channel names the port.
  const [said] = await Promise.race([
    once(child.stdio[3]!, 'data'),
    ended.then(([code]) => {
      throw new Error(`workerd ended with ${code}`);
    }),
  ]);
  const { port } = JSON.parse(String(said).split('\n')[0]!) as { port: number };
  return {
    s3,
    url: new URL(`http://127.0.0.1:${port}`),
    async close() {
      child.kill();
      await ended;
      s3.close();
      await rm(folder, { recursive: true });
    },
  };
}
