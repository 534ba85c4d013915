/** What lies in a model's folder, told apart by version. */
import { versionSchema } from '@glimpse/shared/release/names';
import { type ListedObject, listAll, type ObjectStore } from '@glimpse/shared/store/object-store';
import { probePrefix } from '../store/conditional-writes.ts';

export interface StoredVersion {
  readonly version: string;
  /** Whether it has a release.json: without one it does not exist for readers. */
  readonly complete: boolean;
  readonly objects: readonly ListedObject[];
  /** Bytes. */
  readonly size: number;
  /** Of the newest object, by the store's clock. */
  readonly modified: Date;
}

export interface StoredObjects {
  /** Newest first. */
  readonly versions: readonly StoredVersion[];
  /** Left by publishers that were killed while they tried whether conditions hold. */
  readonly probes: readonly ListedObject[];
  /** Neither channels.json nor history nor of a version. */
  readonly strangers: readonly ListedObject[];
}

export async function storedObjects(store: ObjectStore, model: string): Promise<StoredObjects> {
  const folder = `models/${model}/`;
  const byVersion = new Map<string, ListedObject[]>();
  const probes: ListedObject[] = [];
  const strangers: ListedObject[] = [];
  for (const object of await listAll(store, folder)) {
    const [first, ...rest] = object.key.slice(folder.length).split('/');
    if (rest.length === 1 && versionSchema.safeParse(first).success) {
      byVersion.set(first!, [...(byVersion.get(first!) ?? []), object]);
    } else if (object.key.startsWith(probePrefix(model))) probes.push(object);
    else if (!/^(?:channels|history\/\d+)\.json$/.test(object.key.slice(folder.length))) strangers.push(object);
  }
  const versions = [...byVersion].map(([version, objects]) => ({
    version,
    complete: objects.some(({ key }) => key.endsWith('/release.json')),
    objects,
    size: objects.reduce((sum, { size }) => sum + size, 0),
    modified: new Date(Math.max(...objects.map(({ modified }) => modified.getTime()))),
  }));
  return { versions: versions.sort((a, b) => (a.version < b.version ? 1 : -1)), probes, strangers };
}
