/** The records of API keys in the private bucket: made, listed, revoked. Never taken away, so that a revoked key is told. */
import {
  identifyKey,
  KEY_FOLDER,
  type KeyRecord,
  keyObject,
  keyRecordSchema,
  readKeyRecord,
} from '@glimpse/shared/access/key-record';
import { createKeyText } from '@glimpse/shared/access/key-text';
import { listAll, type ObjectStore } from '@glimpse/shared/store/object-store';
import * as z from 'zod/mini';
import { TrainingError } from '../training-error.ts';

export type KeyRequest = Pick<KeyRecord, 'kind' | 'name' | 'scopes' | 'origins' | 'quotaPerDay'>;

/**
 * @param time ISO 8601, UTC
 * @returns the key itself, which is stored nowhere, and its record
 * @throws {TrainingError} `config-invalid` where the record would not be valid; `store-failed`
 */
export async function createKey(
  store: ObjectStore,
  request: KeyRequest,
  time: string,
): Promise<{ text: string; record: KeyRecord }> {
  const text = createKeyText(request.kind);
  const result = keyRecordSchema.safeParse({ ...(await identifyKey(text)), ...request, created: time });
  if (!result.success) throw new TrainingError('config-invalid', z.prettifyError(result.error));
  if (!(await store.put(keyObject(result.data.id), encode(result.data), 'absent'))) {
    throw new TrainingError('store-failed', `${keyObject(result.data.id)} exists already: try again.`);
  }
  return { text, record: result.data };
}

/** Oldest first. What is no record is told by its object's key in `damaged`. */
export async function listKeys(store: ObjectStore): Promise<{ keys: KeyRecord[]; damaged: string[] }> {
  const keys: KeyRecord[] = [];
  const damaged: string[] = [];
  for (const { key } of await listAll(store, KEY_FOLDER)) {
    const object = await store.get(key);
    const record = object && readKeyRecord(new TextDecoder().decode(object.bytes));
    if (record) keys.push(record);
    else if (object) damaged.push(key);
  }
  return { keys: keys.sort((a, b) => a.created.localeCompare(b.created)), damaged };
}

/**
 * @returns the record, and whether it had been revoked before
 * @throws {TrainingError} `key-missing`; `publish-conflict` where others keep changing it; `store-failed`
 */
export async function revokeKey(
  store: ObjectStore,
  id: string,
  time: string,
): Promise<{ record: KeyRecord; before: boolean }> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const object = await store.get(keyObject(id));
    const record = object && readKeyRecord(new TextDecoder().decode(object.bytes));
    if (!record) {
      throw new TrainingError('key-missing', `There is no key ${id} in ${store.description}: see glimpse keys list.`);
    }
    if (record.revoked) return { record, before: true };
    const revoked = { ...record, revoked: time };
    if (await store.put(keyObject(id), encode(revoked), { etag: object.etag }))
      return { record: revoked, before: false };
  }
  throw new TrainingError('publish-conflict', `Others keep changing the key ${id}: it is not revoked. Try again.`);
}

function encode(record: KeyRecord): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(record, null, 2)}\n`);
}
