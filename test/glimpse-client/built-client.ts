/** The client as published, built into a temporary folder. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { ROOT } from '../support/worker/start-worker.ts';

export type Client = typeof import('@glimpse/client');

export interface BuiltClient {
  readonly folder: string;
  load(): Promise<Client>;
  remove(): Promise<void>;
}

export async function buildClient(): Promise<BuiltClient> {
  const folder = await mkdtemp(join(tmpdir(), 'glimpse-client-'));
  await promisify(execFile)(process.execPath, [join(ROOT, 'client/build.ts'), folder]);
  return {
    folder,
    load: () => import(pathToFileURL(join(folder, 'index.js')).href),
    remove: () => rm(folder, { recursive: true }),
  };
}
