import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { parseForm } from './form.ts';

const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));
const TYPE = 'multipart/form-data; boundary=x';

function parse(text: string, type = TYPE) {
  return parseForm(bytes(text), type).map((part) => ({ ...part, bytes: Buffer.from(part.bytes).toString('latin1') }));
}

const part = (headers: string, content = 'GIF8') => `--x\r\n${headers}\r\n\r\n${content}\r\n--x--\r\n`;
const image = [{ name: 'image', isFile: true, bytes: 'GIF8' }];

test('a form that the platform writes has the same parts in the same memory', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.string(), fc.uint8Array({ maxLength: 300 }), fc.boolean()), { minLength: 1, maxLength: 8 }),
      async (fields) => {
        const form = new FormData();
        for (const [name, content, isFile] of fields) {
          form.append(name, isFile ? new Blob([new Uint8Array(content)]) : 'text');
        }
        const response = new Response(form);
        const type = response.headers.get('Content-Type')!;
        const body = new Uint8Array(await response.arrayBuffer());
        const parts = parseForm(body, type);
        const kinds = parts.map(({ isFile, bytes }) => [isFile, Buffer.from(bytes).toString('hex')]);
        const sent = fields.map(([, content, isFile]) => [
          isFile,
          Buffer.from(isFile ? content : 'text').toString('hex'),
        ]);
        assert.deepEqual(kinds, sent);
        for (const { bytes } of parts) assert.equal(bytes.buffer, body.buffer);
      },
    ),
    { numRuns: 50 },
  );
});

test('parameters may be unquoted, in any case and order, with white space, and continued on the next line', () => {
  for (const headers of [
    // As .NET's HttpClient sends it.
    "Content-Type: image/gif\r\nContent-Disposition: form-data; name=image; filename=a.gif; filename*=utf-8''a.gif",
    'Content-Disposition: form-data; name=image; filename="a;name=b.gif"',
    'content-disposition:form-data;NAME="image";FileName="a.gif"',
    'CONTENT-DISPOSITION: Form-Data; filename="a \\"b\\".gif"; Name=image',
    'Content-Disposition: form-data; name = "image" ; filename = a.gif',
    'Content-Disposition: form-data;\r\n name="image";\r\n\tfilename="C:\\a.gif"',
    "Content-Disposition: form-data; name=image; filename*=UTF-8''%c3%a4.gif",
    'Content-Disposition: form-data; name=image; filename=',
    'Content-Disposition: form-data; name=image\r\nContent-Type: image/gif',
    'Content-Disposition: form-data; name="image"; filename="a.gif"\r\nContent-Transfer-Encoding: binary',
  ]) {
    assert.deepEqual(parse(part(headers)), image, headers);
  }
  for (const type of [
    'Multipart/Form-Data;boundary=x',
    'multipart/form-data; BOUNDARY="x"',
    'multipart/form-data; charset=utf-8; Boundary=x',
  ]) {
    assert.deepEqual(parse(part('Content-Disposition: form-data; name=image; filename=a'), type), image, type);
  }
});

test('a part with neither a file name nor a type is a file if it is binary', () => {
  const headers = 'Content-Disposition: form-data; name=image';
  assert.equal(parse(part(headers, '\x89PNG\r\n\x1a\n'))[0]!.isFile, true);
  assert.equal(parse(part(headers, 'cat.png'))[0]!.isFile, false);
  assert.equal(parse(part(`${headers}\r\nContent-Type: text/plain; charset=utf-8`, 'é'))[0]!.isFile, false);
});

test('a preamble, an epilogue, and white space after a boundary are allowed', () => {
  const headers = 'Content-Disposition: form-data; name=image; filename=a';
  assert.deepEqual(parse(`for old readers\r\n${part(headers).replace('--x\r\n', '--x \t\r\n')}more`), image);
});

test('what is wrong is said', () => {
  const headers = 'Content-Disposition: form-data; name=image; filename=a';
  for (const [body, type, message] of [
    [part(headers), 'multipart/form-data', /requires "Content-Type: multipart\/form-data; boundary=/],
    [part(headers), 'multipart/mixed; boundary=x', /requires "Content-Type: multipart\/form-data; boundary=/],
    [part(headers), 'multipart/form-data; boundary=y', /does not occur in the body/],
    [part(headers), `multipart/form-data; boundary=${'y'.repeat(71)}`, /71 characters. The limit is 70/],
    [part(headers).replaceAll('\r\n', '\n'), TYPE, /end with LF. RFC 7578 requires CRLF/],
    [part(headers).slice(0, -12), TYPE, /ends within part 1. Is it truncated/],
    [part(headers).slice(0, -4), TYPE, /ends before part 2. Is it truncated/],
    [`--x\r\n${headers}\r\n--x--`, TYPE, /Part 1 of the form has no empty line after its headers/],
    [part('Content-Type: image/png'), TYPE, /Part 1 of the form has no header "Content-Disposition: form-data; name/],
    [part('Content-Disposition: form-data; filename=a'), TYPE, /no header "Content-Disposition: form-data; name/],
    [
      part(`${headers}\r\nContent-Transfer-Encoding: base64`),
      TYPE,
      /Content-Transfer-Encoding: base64. Send the bytes/,
    ],
    [`--x\r\n\r\n`.repeat(2_000), TYPE, /Part 1 of the form has no empty line/],
    [`--x\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n`.repeat(2_000), TYPE, /more than 1000 parts/],
  ] as const) {
    assert.throws(() => parse(body, type), { code: 'body-malformed', message }, body.slice(0, 100));
  }
});

test('any bytes are a form or malformed, and never another error', () => {
  const tokens = [
    '--x',
    '--',
    '\r\n',
    '\n',
    ' ',
    'Content-Disposition: form-data; name=image',
    '; filename="',
    'A',
    '\r',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...tokens), { maxLength: 30 }), (words) => {
      try {
        parse(words.join(''));
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'body-malformed', (error as Error).stack);
      }
    }),
    { numRuns: 2_000 },
  );
});
