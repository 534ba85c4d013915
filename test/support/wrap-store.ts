/** A store with some operations replaced. Drivers are classes, so a spread would lose their methods. */
import type { ObjectStore } from '@glimpse/shared/store/object-store';

export function wrapStore(store: ObjectStore, changes: Partial<ObjectStore>): ObjectStore {
  return {
    description: store.description,
    get: (key, options) => store.get(key, options),
    open: (key, range) => store.open(key, range),
    put: (key, bytes, condition) => store.put(key, bytes, condition),
    list: (prefix, options) => store.list(prefix, options),
    delete: (key) => store.delete(key),
    ...changes,
  };
}
