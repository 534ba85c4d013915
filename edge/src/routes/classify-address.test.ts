/** Images by address, in workerd: over TLS, from a local server with a certificate of the test. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { testRelease } from '@glimpse/test/support/release';
import { png } from '@glimpse/test/support/worker/images';
import { startWorker, type TestWorker } from '@glimpse/test/support/worker/worker';

const release = await testRelease();
const image = await png(30, 20);

/** A server on the https port, with a certificate that workerd trusts. */
async function serve() {
  const folder = mkdtempSync(join(tmpdir(), 'glimpse-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
      ...['-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert],
    ],
    { stdio: 'ignore' },
  );
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, ({ url }, response) => {
    if (url === '/cat.png') response.end(image);
    else if (url === '/page') response.end('<!doctype html>');
    else if (url === '/large') response.end(new Uint8Array(200_000));
    else response.writeHead(404).end();
  });
  return new Promise<string>((resolve, reject) => {
    server.once('error', reject).listen(443, () => resolve(cert));
    after(() => {
      server.closeAllConnections();
      server.close();
    });
  });
}

const certificate = await serve().catch(() => undefined);
// What a Worker fetches, wrangler's harness fetches for it in this process; it follows redirects by itself, so those are
// tested in fetch-image.test.ts.
if (certificate !== undefined) setDefaultCACertificates([...getCACertificates(), readFileSync(certificate, 'utf8')]);

async function start(vars: Record<string, string> = {}): Promise<TestWorker> {
  const worker = await startWorker(vars);
  await worker.publish([release], { stable: release.version });
  after(() => worker.close());
  return worker;
}

const send = (worker: TestWorker, url: string, query = '') =>
  worker.classify(JSON.stringify({ url }), { type: 'application/json', query });

test('no address is requested unless hosts are listed', async () => {
  const worker = await start();
  const { status, json } = await send(worker, 'https://example.org/cat.jpg');
  assert.deepEqual([status, json.code], [403, 'url-refused']);
  assert.match(json.detail, /the image itself/);
});

test('a host list with an address, a port or a wildcard is reported as invalid', async () => {
  const worker = await start({ ALLOWED_IMAGE_HOSTS: 'img.example.org, 10.0.0.1' });
  const { status, json } = await send(worker, 'https://img.example.org/cat.jpg');
  assert.deepEqual([status, json.code], [503, 'model-unavailable']);
  assert.match(json.detail, /ALLOWED_IMAGE_HOSTS/);
});

test('an image on an allowed host is classified as if it had been sent', {
  skip: certificate === undefined && 'needs openssl, and port 443 of this machine',
}, async () => {
  const worker = await start({ ALLOWED_IMAGE_HOSTS: 'localhost', MAX_BODY_BYTES: '100000' });
  const { json: sent } = await worker.classify(image);
  const { status, json } = await send(worker, 'https://localhost/cat.png');
  assert.equal(status, 200, JSON.stringify(json));
  assert.deepEqual({ ...json, id: '' }, { ...sent, id: '' });
  for (const [path, expected] of [
    ['/page', 'image-unsupported'],
    ['/large', 'body-too-large'],
    ['/missing', 'url-failed'],
  ] as const) {
    assert.equal((await send(worker, `https://localhost${path}`)).json.code, expected, path);
  }
  const best = await send(worker, 'https://localhost/cat.png', '?top_k=1');
  assert.equal(best.json.predictions.length, 1);
});
