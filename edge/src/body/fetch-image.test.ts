import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { after, describe } from 'node:test';
import type { Problem } from '@glimpse/shared/api/problems';
import { ByteBudget } from './byte-budget.ts';
import { fetchImage } from './fetch-image.ts';
import { openBody } from './open-body.ts';

/** What a host of the list answers, by path. */
const pages: Record<string, RequestListener> = {
  '/cat.jpg': (_, response) => response.end('a cat'),
  '/empty': (_, response) => response.end(),
  '/missing': (_, response) => response.writeHead(404).end('no'),
  '/large': (_, response) => {
    for (let i = 0; i < 40; i++) response.write('x'.repeat(100));
    response.end();
  },
  '/slow': (_, response) => void response.write('a'),
  '/broken': (_, response) => {
    response.writeHead(200, { 'Content-Length': '1000' }).write('a');
    setTimeout(() => response.destroy(), 50);
  },
  '/nowhere': (_, response) => response.writeHead(302).end(),
};

const seen: { host: string | undefined; headers: object }[] = [];
const server = createServer((request, response) => {
  const { pathname, search } = new URL(request.url ?? '', 'http://x');
  seen.push({ host: request.headers.host, headers: request.headers });
  const redirect = /^\?to=(.*)$/.exec(search)?.[1];
  if (pathname === '/redirect') {
    // Raw bytes: the name is not ASCII.
    const location = Buffer.from(decodeURIComponent(redirect ?? '')).toString('latin1');
    response.writeHead(302, { Location: location }).end('moved');
  } else pages[pathname]?.(request, response);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
after(() => {
  server.closeAllConnections();
  server.close();
});
const { port } = server.address() as AddressInfo;

/** The network: every https address leads to the server above, by its path. */
function network(address: string, init: RequestInit): Promise<Response> {
  const { protocol, pathname, search } = new URL(address);
  assert.equal(protocol, 'https:');
  return fetch(`http://127.0.0.1:${port}${pathname}${search}`, init);
}

async function get(address: string, hosts = ['img.example.org', 'cdn.example.org']) {
  const budget = new ByteBudget(3000, 3000);
  const { signal } = new AbortController();
  const limits = { hosts: new Set(hosts), maxBytes: 2000, budget, seconds: 1, signal, fetch: network };
  try {
    const body = await fetchImage(address, limits);
    assert.equal(budget.held, body.bytes.length);
    body.release();
    return new TextDecoder().decode(body.bytes);
  } catch (error) {
    const { code, message } = error as Problem;
    return `${code}: ${message}`;
  } finally {
    assert.equal(budget.held, 0);
  }
}

const to = (address: string) => `https://img.example.org/redirect?to=${encodeURIComponent(address)}`;

test('an image on an allowed host is fetched, and nothing about the caller is sent', async () => {
  assert.equal(await get('https://img.example.org/cat.jpg'), 'a cat');
  assert.equal(await get('https://IMG.EXAMPLE.ORG:443/cat.jpg#there'), 'a cat');
  for (const { headers } of seen) {
    for (const name of ['authorization', 'cookie', 'referer', 'x-client-id']) assert.ok(!(name in headers), name);
  }
});

test('three redirects to allowed hosts are followed, four are not', async () => {
  assert.equal(await get(to('/cat.jpg')), 'a cat');
  assert.equal(await get(to('https://cdn.example.org/cat.jpg')), 'a cat');
  assert.equal(await get(to(to(to('https://img.example.org/cat.jpg')))), 'a cat');
  assert.match(await get(to(to(to(to('/cat.jpg'))))), /^url-failed: .*more than 3 times/);
});

const refused: Record<string, string> = {
  'another host': 'https://evil.example.org/cat.jpg',
  'a host that ends like an allowed one': 'https://evil-img.example.org/cat.jpg',
  'a host above an allowed one': 'https://example.org/cat.jpg',
  'a host below an allowed one': 'https://a.img.example.org/cat.jpg',
  'an allowed name with a dot behind it': 'https://img.example.org./cat.jpg',
  'an allowed name as credentials': 'https://img.example.org@evil.example.org/cat.jpg',
  'a backslash before another host': 'https://evil.example.org\\@img.example.org/cat.jpg',
  credentials: 'https://user:secret@img.example.org/cat.jpg',
  'a port': 'https://img.example.org:8443/cat.jpg',
  'plain http': 'http://img.example.org/cat.jpg',
  'an IPv4 address': 'https://127.0.0.1/cat.jpg',
  'a decimal IPv4 address': 'https://2130706433/cat.jpg',
  'an octal IPv4 address': 'https://0177.0.0.1/cat.jpg',
  'a hexadecimal IPv4 address': 'https://0x7f000001/cat.jpg',
  'a short IPv4 address': 'https://127.1/cat.jpg',
  'an IPv6 address': 'https://[::1]/cat.jpg',
  'an IPv4 address within IPv6': 'https://[::ffff:127.0.0.1]/cat.jpg',
  'the metadata service': 'https://169.254.169.254/latest/meta-data',
  'a name in other letters': 'https://img.exаmple.org/cat.jpg',
  'a file': 'file:///etc/passwd',
  data: 'data:image/png;base64,AAAA',
  'no address': 'cat.jpg',
  nothing: '',
};

describe('addresses that are not allowed are not requested', () => {
  for (const [name, address] of Object.entries(refused)) {
    test(name, async () => {
      const before = seen.length;
      assert.match(await get(address), /^url-refused: /);
      assert.equal(seen.length, before);
    });
    // A relative address stays on the allowed host.
    if (name === 'no address' || name === 'nothing') continue;
    test(`${name}, by a redirect`, async () => {
      const before = seen.length;
      assert.match(await get(to(address)), /^url-refused: The target of the redirect/);
      assert.equal(seen.length, before + 1);
    });
  }

  test('any address, if no host is allowed', async () => {
    assert.match(await get('https://img.example.org/cat.jpg', []), /^url-refused: .*the image itself/);
  });
});

test('a host that is not allowed is named, with the remedy', async () => {
  assert.match(
    await get('https://other.example.org/cat.jpg'),
    /is on other\.example\.org, which is not an allowed host\. Allowed are .*ALLOWED_IMAGE_HOSTS/,
  );
});

test('the problem says why an address gave no image', async () => {
  assert.match(
    await get('https://img.example.org/missing?key=secret'),
    /^url-failed: img.example.org\/missing answered 404\.$/,
  );
  assert.match(await get('https://img.example.org/nowhere'), /^url-failed: .* answered 302/);
  assert.match(await get('https://img.example.org/broken'), /^url-failed: .* is unreachable/);
  assert.match(await get('https://img.example.org/slow'), /^url-failed: .* within 1 s/);
  assert.match(await get('https://img.example.org/large'), /^body-too-large: /);
  assert.equal(await get('https://img.example.org/empty'), '');
});

test('when the time of the request is over, the fetch is aborted', async () => {
  const controller = new AbortController();
  const reason = new Error('over');
  setTimeout(() => controller.abort(reason), 50);
  const limits = {
    maxBytes: 10,
    budget: new ByteBudget(10, 10),
    seconds: 5,
    signal: controller.signal,
    fetch: network,
  };
  await assert.rejects(
    fetchImage('https://a.example.org/slow', { ...limits, hosts: new Set(['a.example.org']) }),
    reason,
  );
});

test('only JSON with an address has an address', () => {
  const open = (text: string, type: string | null) =>
    openBody({ bytes: Uint8Array.from(Buffer.from(text)), hold() {} }, type);
  const json = 'application/json; charset=utf-8';
  assert.deepEqual(open('{"url": "https://a/b", "top_k": 3}', json), {
    parameters: [['top_k', '3']],
    url: 'https://a/b',
  });
  for (const [body, type, message] of [
    ['{"url": "https://a/b"}', 'text/plain', /looks like JSON and has the Content-Type text\/plain/],
    [
      ' {"url": "https://a/b"}',
      null,
      /looks like JSON and has no Content-Type. Send "Content-Type: application\/json"/,
    ],
    ['{"url": 7}', json, /"url" must be text/],
    ['{"url": "https://a/b"', json, /not JSON/],
    ['[]', json, /JSON is invalid/],
    ['{"url": "https://a/b", "image": "AAAA"}', json, /both "image" and "url"/],
    [`{"url": "https://a/${'b'.repeat(2100)}"}`, json, /at most 2048 characters/],
    ['{"image": "https://a/b"}', json, /"image" is an address. Send it as {"url"/],
    ['{"image_url": "https://a/b"}', json, /Did you mean "url" by "image_url"/],
    ['{"photo": "AAAA"}', json, /Did you mean "image" by "photo"/],
  ] as const) {
    assert.throws(() => open(body, type), { code: 'body-malformed', message }, body.slice(0, 40));
  }
});
