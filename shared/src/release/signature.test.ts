import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import test from 'node:test';
import { testRelease } from '@glimpse/test/support/release';
import fc from 'fast-check';
import { readManifest, writeManifest } from './manifest.ts';
import { createSigningKey, parseSigningKey, signManifest, writeSignature } from './sign.ts';
import { parsePublicKeys, signedBytes, verifyManifest } from './signature.ts';

const { manifest } = await testRelease();
const secret = createSigningKey();
const ours = await parseSigningKey(secret);
const other = await parseSigningKey(createSigningKey());
const signed = await signManifest(manifest, ours);
const json = writeManifest(signed);
const trusted = await parsePublicKeys(ours.publicKey);
const third = (await parseSigningKey(createSigningKey())).publicKey;

test('a signed manifest is accepted, regardless of the order of keys and white space', async () => {
  await verifyManifest(json, trusted);
  await verifyManifest(JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(json)).reverse())), trusted);
  assert.deepEqual(readManifest(json), signed);
});

test('members that a later version adds are signed too', async () => {
  const later = await signManifest({ ...manifest, weather: 'fine' } as typeof manifest, ours);
  await verifyManifest(writeManifest(later), trusted);
  await assert.rejects(verifyManifest(writeManifest({ ...later, weather: 'bad' } as typeof later), trusted), {
    code: 'release-altered',
  });
});

test('a manifest without a signature, or signed by another key, is refused', async () => {
  await assert.rejects(verifyManifest(writeManifest(manifest), trusted), { code: 'release-unsigned' });
  for (const text of ['null', '1', '[]']) {
    await assert.rejects(verifyManifest(text, trusted), { code: 'release-unsigned' });
  }
  await assert.rejects(verifyManifest(writeManifest(await signManifest(manifest, other)), trusted), {
    code: 'release-untrusted',
    message: new RegExp(`by the key ${other.id}` + `, which is not trusted. Trusted keys: ${ours.id}`),
  });
  await assert.rejects(verifyManifest(json, []), { code: 'release-untrusted' });
});

test("another key's signature under our key id is refused", async () => {
  const { signature } = await signManifest(manifest, other);
  const forged = { ...manifest, signature: { ...signature!, keyId: ours.id } };
  await assert.rejects(verifyManifest(writeManifest(forged), trusted), { code: 'release-altered' });
});

test('any change to any value is detected', async () => {
  const places = leaves(JSON.parse(json)).filter(([first]) => first !== 'signature');
  assert.ok(places.length > 40);
  for (const place of places) {
    const altered = JSON.parse(json);
    const parent = place.slice(0, -1).reduce((node, key) => node[key], altered);
    const key = place.at(-1)!;
    parent[key] = typeof parent[key] === 'number' ? parent[key] + 1 : `${parent[key]}x`;
    await assert.rejects(
      verifyManifest(JSON.stringify(altered), trusted),
      { code: 'release-altered' },
      place.join('.'),
    );
  }
});

test('any changed bit of the signature is detected', async () => {
  const value = Buffer.from(signed.signature!.value, 'base64');
  await fc.assert(
    fc.asyncProperty(fc.nat(511), async (bit) => {
      const altered = Buffer.from(value);
      altered[bit >> 3]! ^= 1 << (bit & 7);
      const forged = { ...signed, signature: { ...signed.signature!, value: altered.toString('base64') } };
      await assert.rejects(verifyManifest(writeManifest(forged), trusted), { code: 'release-altered' });
    }),
  );
});

test('a separate signature by a trusted key counts like one in the manifest', async () => {
  const { signature } = await signManifest(manifest, ours);
  const asked: string[] = [];
  const beside = (text: string) => async (id: string) => {
    asked.push(id);
    return id === ours.id ? text : undefined;
  };
  const right = beside(writeSignature(signature));
  for (const text of [writeManifest(manifest), writeManifest(await signManifest(manifest, other))]) {
    await verifyManifest(text, trusted, right);
    await verifyManifest(text, await parsePublicKeys(`${third} ${ours.publicKey}`), right);
  }
  await assert.rejects(
    verifyManifest(writeManifest({ ...manifest, labels: manifest.labels.toReversed() }), trusted, right),
    {
      code: 'release-altered',
    },
  );
  const foreign = writeSignature((await signManifest(manifest, other)).signature);
  await assert.rejects(verifyManifest(writeManifest(manifest), trusted, beside(foreign)), {
    code: 'release-malformed',
  });
  for (const text of ['', '<html>', '[]', '{}', 'null']) {
    await assert.rejects(verifyManifest(writeManifest(manifest), trusted, beside(text)), { code: 'release-malformed' });
  }
  // Nobody else's is asked for, and none where the manifest's own is trusted.
  asked.length = 0;
  await verifyManifest(json, trusted, right);
  assert.deepEqual(asked, []);
  await assert.rejects(verifyManifest(json, await parsePublicKeys(other.publicKey), right), {
    code: 'release-untrusted',
  });
  assert.deepEqual(asked, [other.id]);
});

test('several keys may be trusted; a removed key is no longer trusted', async () => {
  const both = await parsePublicKeys(` ${other.publicKey},\n${ours.publicKey} `);
  assert.deepEqual(
    both.map(({ id }) => id),
    [other.id, ours.id],
  );
  await verifyManifest(json, both);
  await verifyManifest(writeManifest(await signManifest(manifest, other)), both);
  await assert.rejects(verifyManifest(json, await parsePublicKeys(other.publicKey)), { code: 'release-untrusted' });
});

test("an Ed25519 implementation other than WebCrypto's accepts the signature", () => {
  const x = ours.publicKey.slice('glimpse-public-key-'.length);
  const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
  assert.ok(verify(null, signedBytes(signed), key, Buffer.from(signed.signature!.value, 'base64')));
});

for (const [what, text] of Object.entries({
  nothing: '',
  'a prefix only': 'glimpse-public-key-',
  'a key that is too short': 'glimpse-public-key-AAAA',
  'a private key': secret,
  'a key with an extra letter': `${ours.publicKey}A`,
})) {
  test(`${what} is refused as a public key, and not quoted`, async () => {
    await assert.rejects(
      parsePublicKeys(text),
      (error: Error & { code: string }) => error.code === 'key-invalid' && !error.message.includes(secret.slice(20)),
    );
  });
}

test('an invalid signing key is refused, and not quoted', async () => {
  for (const text of ['', ours.publicKey, secret.slice(0, -1), `${secret}A`]) {
    await assert.rejects(
      parseSigningKey(text),
      (error: Error & { code: string }) =>
        error.code === 'key-invalid' && !error.message.includes(secret.slice(20, 40)),
    );
  }
});

/** The paths of all values that are neither objects nor arrays. */
function leaves(node: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof node !== 'object' || node === null) return [path];
  return Object.entries(node).flatMap(([key, value]) => leaves(value, [...path, key]));
}
