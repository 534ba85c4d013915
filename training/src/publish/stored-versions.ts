/** Groups the objects in a model's folder by version. */
import { versionSchema } from '@glimpse/shared/release/names';
import { type ListedObject, listAll, type ObjectStore } from '@glimpse/shared/store/object-store';
import { probePrefix } from '../store/conditional-writes.ts';

export interface StoredVersion {
  readonly version: string;
  /** Whether it has a release.json; without one, readers ignore it. */
  readonly complete: boolean;
  readonly objects: readonly ListedObject[];
  /** Bytes. */
  readonly size: number;
  /** When the newest object was written, by the store's clock. */
  readonly modified: Date;
}

export interface StoredObjects {
  /** Newest first. */
  readonly versions: readonly StoredVersion[];
  /** Left by publishers that were killed while they checked conditional writes. */
  readonly probes: readonly ListedObject[];
  /** Objects that belong to no version, and are neither channels.json nor history. */
  readonly unknown: readonly ListedObject[];
}

export async function storedObjects(store: ObjectStore, model: string): Promise<StoredObjects> {
  const folder = `models/${model}/`;
  const byVersion = new Map<string, ListedObject[]>();
  const probes: ListedObject[] = [];
  const unknown: ListedObject[] = [];
  for (const object of await listAll(store, folder)) {
    const [first, ...rest] = object.key.slice(folder.length).split('/');
    if (rest.length === 1 && versionSchema.safeParse(first).success) {
      byVersion.set(first!, [...(byVersion.get(first!) ?? []), object]);
    } else if (object.key.startsWith(probePrefix(model))) probes.push(object);
    else if (!/^(?:channels|history\/\d+)\.json$/.test(object.key.slice(folder.length))) unknown.push(object);
  }
  const versions = [...byVersion].map(([version, objects]) => ({
    version,
    complete: objects.some(({ key }) => key.endsWith('/release.json')),
    objects,
    size: objects.reduce((sum, { size }) => sum + size, 0),
    modified: new Date(Math.max(...objects.map(({ modified }) => modified.getTime()))),
  }));
  return { versions: versions.sort((a, b) => (a.version < b.version ? 1 : -1)), probes, unknown };
}
