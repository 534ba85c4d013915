/** `npm start`: a local Worker with the starter release. Needs no account, no Python and no network. */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { localFeedback } from './local-feedback.ts';
import { seedStarter } from './seed-starter.ts';
import { type DevServer, startWranglerDev } from './wrangler-dev.ts';

const DEFAULT_PORT = 8787;
const root = fileURLToPath(new URL('../..', import.meta.url));

const port = readPort(process.argv.slice(2));
if (!(await isFree(port))) fail(1, `Port ${port} is in use. Choose another one: npm start -- --port ${port + 1}`);

let server: DevServer | undefined;
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, async () => {
    stopping = true;
    await server?.stop();
    process.exit(0);
  });
}

try {
  const seeded = await seedStarter(root);
  if (seeded.length > 0) console.log(`Copied the starter release of ${seeded.join(', ')} to the local bucket.`);
  server = await startWranglerDev(root, port, await localFeedback(root));
} catch (error) {
  if (!stopping) fail(1, `The Worker did not start: ${(error as Error).message}`);
}
if (server) {
  console.log(await describe(server.url));
  server.show();
  await server.ended;
  if (!stopping) fail(1, 'wrangler exited.');
}

/** Calls /readyz, which also loads the release, so that the first request is fast. */
async function describe(url: string): Promise<string> {
  const readiness = (await (await fetch(`${url}/readyz`)).json()) as {
    model?: { name: string; version: string };
    keys?: string;
    detail?: string;
  };
  const state = readiness.model
    ? `Serving ${readiness.model.name} ${readiness.model.version}.`
    : `Not ready: ${readiness.detail}`;
  return `
Glimpse is running at ${url}
${state}
Keys: ${readiness.keys ?? 'unknown'} (docs/keys.md)

  curl --data-binary @${quote(join(root, 'examples', 'cat.png'))} ${url}/v1/classify

Demo: ${url}/
API:  ${url}/docs

Press Ctrl-C to stop.`;
}

function readPort(args: string[]): number {
  let text: string | undefined;
  try {
    text = parseArgs({ args, options: { port: { type: 'string' } } }).values.port;
  } catch (error) {
    fail(2, `${(error as Error).message}\nUsage: npm start [-- --port N]`);
  }
  const number = text === undefined ? DEFAULT_PORT : Number(text);
  if (!/^\d+$/.test(text ?? '1') || number < 1 || number > 65_535) {
    fail(2, `--port must be a number from 1 to 65535, not ${JSON.stringify(text)}.\nUsage: npm start [-- --port N]`);
  }
  return number;
}

function isFree(number: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(number, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** Quotes for a shell. Inside double quotes, these four characters are special. */
function quote(path: string): string {
  return `"${path.replace(/["$`\\]/g, '\\$&')}"`;
}

function fail(code: number, message: string): never {
  console.error(message);
  process.exit(code);
}
