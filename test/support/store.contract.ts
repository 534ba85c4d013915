/** What every driver of ObjectStore promises. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { listAll, type ObjectStore } from '@glimpse/shared/store/object-store';
import { StoreError } from '@glimpse/shared/store/store-error';

export interface StoreFixture {
  readonly name: string;
  /** Called in each test, so that a `before` hook can open the store. */
  store(): ObjectStore;
  /** Opened on a server that never answers, with a deadline of at most a second. */
  silent(): ObjectStore;
  /** Opened on a server that fails every request with an internal error. */
  failing(): ObjectStore;
}

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Percent signs, markup, quotes, spaces and non-ASCII letters: everything that a URL, a signature or XML must escape. */
const oddNames = ['a b', 'a+b', '100%25', 'a&b<c>"d\'', 'ä日本', "!*'()~", 'a=b;c,d@e:f$', 'question?hash#'];

export function storeContract({ name, store, silent, failing }: StoreFixture): void {
  const textOf = async (key: string) => {
    const object = await store().get(key);
    return object && decode(object.bytes);
  };

  test(`${name}: an object is returned as it was stored, and an absent one is undefined`, async () => {
    assert.equal(await store().get('contract/absent'), undefined);
    assert.equal(await store().open('contract/absent'), undefined);
    for (const bytes of [new Uint8Array(0), Uint8Array.from({ length: 70_000 }, (_, i) => i & 0xff)]) {
      assert.equal(await store().put('contract/bytes', bytes, 'any'), true);
      const object = await store().get('contract/bytes');
      assert.deepEqual(object?.bytes, bytes);
      assert.notEqual(object.etag, '');
    }
  });

  test(`${name}: an object that the caller holds is returned itself until it changes`, async () => {
    const key = 'contract/cached.json';
    await store().put(key, encode('one'), 'any');
    const cached = await store().get(key);
    assert.equal(await store().get(key, { cached }), cached);
    await store().put(key, encode('two'), 'any');
    assert.equal(decode((await store().get(key, { cached }))!.bytes), 'two');
    await store().delete(key);
    assert.equal(await store().get(key, { cached }), undefined);
  });

  test(`${name}: an object larger than the caller allows is an error`, async () => {
    await store().put('contract/large', new Uint8Array(101), 'any');
    await assert.rejects(store().get('contract/large', { maxBytes: 100 }), isStoreError('object-too-large'));
    assert.equal((await store().get('contract/large', { maxBytes: 101 }))?.bytes.length, 101);
  });

  test(`${name}: a stream has the object or a range of it, and the size of the whole`, async () => {
    await store().put('contract/range', encode('0123456789'), 'any');
    for (const [range, expected] of [
      [undefined, '0123456789'],
      [{ offset: 0, length: 1 }, '0'],
      [{ offset: 3, length: 4 }, '3456'],
      [{ offset: 8, length: 2 }, '89'],
    ] as const) {
      const opened = await store().open('contract/range', range);
      assert.deepEqual([await new Response(opened!.body).text(), opened!.size], [expected, 10]);
    }
  });

  test(`${name}: a write happens only if its condition holds`, async () => {
    const key = 'contract/condition.json';
    await store().delete(key);
    assert.equal(await store().put(key, encode('1'), 'absent'), true);
    assert.equal(await store().put(key, encode('2'), 'absent'), false);
    assert.equal(await textOf(key), '1');
    const { etag } = (await store().get(key))!;
    assert.equal(await store().put(key, encode('3'), { etag }), true);
    assert.equal(await store().put(key, encode('4'), { etag }), false);
    assert.equal(await textOf(key), '3');
    assert.equal(await store().put(key, encode('5'), 'any'), true);
    assert.equal(await textOf(key), '5');
    assert.equal(await store().put('contract/absent', encode('6'), { etag }), false);
    assert.equal(await textOf('contract/absent'), undefined);
  });

  test(`${name}: one of several concurrent conditional writes succeeds`, async () => {
    const key = 'contract/race.json';
    await store().delete(key);
    const race = async (condition: 'absent' | { etag: string }) => {
      const texts = Array.from({ length: 6 }, (_, i) => `${JSON.stringify(condition)} ${i}`);
      const results = await Promise.all(texts.map((text) => store().put(key, encode(text), condition)));
      assert.equal(results.filter(Boolean).length, 1);
      assert.equal(await textOf(key), texts[results.indexOf(true)]);
    };
    await race('absent');
    await race({ etag: (await store().get(key))!.etag });
  });

  test(`${name}: a list has pages and folders, and is limited to its prefix`, async () => {
    const keys = ['b/1', 'b/2', 'c', 'd/1', 'e'].map((key) => `contract-list/${key}`);
    for (const [i, key] of keys.entries()) await store().put(key, new Uint8Array(i), 'any');
    await store().put('contract-listed-not', new Uint8Array(1), 'any');
    const sizes: [string, number][] = [];
    let pages = 0;
    let cursor: string | undefined;
    do {
      const page = await store().list('contract-list/', { limit: 2, cursor });
      assert.ok(page.objects.length <= 2);
      for (const { key, size, modified } of page.objects) {
        sizes.push([key, size]);
        assert.ok(Math.abs(Date.now() - modified.getTime()) < 60_000);
      }
      ({ cursor } = page);
      pages++;
    } while (cursor !== undefined);
    assert.deepEqual(
      sizes,
      keys.map((key, i) => [key, i]),
    );
    assert.ok(pages >= 3);
    assert.deepEqual(
      (await listAll(store(), 'contract-list/')).map(({ key }) => key),
      keys,
    );
    assert.deepEqual(await listAll(store(), 'contract-list-none/'), []);
    const folders: string[] = [];
    const objects: string[] = [];
    do {
      const page = await store().list('contract-list/', { delimiter: '/', cursor });
      folders.push(...page.folders);
      objects.push(...page.objects.map(({ key }) => key));
      ({ cursor } = page);
    } while (cursor !== undefined);
    assert.deepEqual(folders, ['contract-list/b/', 'contract-list/d/']);
    assert.deepEqual(objects, ['contract-list/c', 'contract-list/e']);
  });

  test(`${name}: keys may have any characters`, async () => {
    const keys = oddNames.map((odd) => `contract-odd/${odd}/${odd}.json`);
    for (const key of keys) assert.equal(await store().put(key, encode(key), 'absent'), true, key);
    for (const key of keys) assert.equal(await textOf(key), key);
    const listed = (await listAll(store(), 'contract-odd/')).map(({ key }) => key);
    assert.deepEqual(listed.toSorted(), keys.toSorted());
    assert.deepEqual(
      (await listAll(store(), `contract-odd/${oddNames[3]}`)).map(({ key }) => key),
      [keys[3]],
    );
    for (const key of keys) await store().delete(key);
    assert.deepEqual(await listAll(store(), 'contract-odd/'), []);
  });

  test(`${name}: deletion is idempotent`, async () => {
    await store().put('contract/deleted', encode('1'), 'any');
    await store().delete('contract/deleted');
    await store().delete('contract/deleted');
    assert.equal(await store().get('contract/deleted'), undefined);
  });

  for (const [state, broken] of [
    ['never answers', silent],
    ['fails', failing],
  ] as const) {
    test(`${name}: every operation on a store that ${state} is a StoreError`, async () => {
      const operations: ((store: ObjectStore) => Promise<unknown>)[] = [
        (store) => store.get('a'),
        (store) => store.open('a'),
        (store) => store.put('a', encode('1'), 'any'),
        (store) => store.put('a', encode('1'), 'absent'),
        (store) => store.list('a'),
        (store) => store.delete('a'),
      ];
      await Promise.all(
        operations.map((operation) => assert.rejects(operation(broken()), isStoreError('store-unreachable'))),
      );
    });
  }
}

function isStoreError(code: StoreError['code']) {
  return (error: unknown) => {
    assert.ok(error instanceof StoreError);
    assert.equal(error.code, code);
    return true;
  };
}
