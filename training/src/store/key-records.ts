/** Creates, lists and revokes the records of API keys. Records are never deleted, so that a revoked key is recognized. */
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
 * @returns the key itself, which is not stored, and its record
 * @throws {TrainingError} `config-invalid` if the record would be invalid; `store-failed` @throws {StoreError}
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
    throw new TrainingError('store-failed', `${keyObject(result.data.id)} already exists. Try again.`);
  }
  return { text, record: result.data };
}

/** Oldest first. `damaged` has the object keys of invalid records. */
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
 * @returns the record, and whether it was already revoked
 * @throws {TrainingError} `key-missing`; `publish-conflict` if others keep changing the record @throws {StoreError}
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
      throw new TrainingError(
        'key-missing',
        `There is no key ${id} in ${store.description}. List the keys with glimpse keys list.`,
      );
    }
    if (record.revoked) return { record, before: true };
    const revoked = { ...record, revoked: time };
    if (await store.put(keyObject(id), encode(revoked), { etag: object.etag }))
      return { record: revoked, before: false };
  }
  throw new TrainingError(
    'publish-conflict',
    `The key ${id} was not revoked, because others keep changing its record. Try again.`,
  );
}

function encode(record: KeyRecord): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(record, null, 2)}\n`);
}
