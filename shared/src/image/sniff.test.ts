import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type FileKind, sniff } from './sniff.ts';

const latin1 = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));
/** The first box of an ISO base media file. */
const ftyp = (major: string, ...compatible: string[]) =>
  latin1(
    `\0\0\0${String.fromCharCode(16 + 4 * compatible.length)}ftyp${major}\0\0\0\0${compatible.join('')}\0\0\0\x08mdat`,
  );

const examples: readonly [kind: FileKind, bytes: Uint8Array][] = [
  ['jpeg', latin1('\xff\xd8\xff\xe0\0\x10JFIF')],
  ['jpeg', latin1('\xff\xd8\0\0stray bytes\xff\0\xff\xe0\0\x10JFIF')],
  ['jpeg', latin1(`\xff\xd8${'\0'.repeat(2000)}\xff\xe0`)],
  ['png', latin1('\x89PNG\r\n\x1a\n\0\0\0\rIHDR')],
  ['png', latin1('\x89PNG\n\x1a\n')],
  ['webp', latin1('RIFF\x10\0\0\0WEBPVP8L')],
  ['gif', latin1('GIF89a\x01\0\x01\0')],
  ['heic', ftyp('heic', 'mif1', 'heic')],
  ['heic', ftyp('mif1', 'heic')],
  ['heic', ftyp('mif1')],
  ['avif', ftyp('avif', 'mif1', 'miaf')],
  ['avif', ftyp('mif1', 'avif')],
  ['video', ftyp('isom', 'iso2', 'mp41')],
  ['video', ftyp('qt  ')],
  ['video', ftyp('xyzw', 'mp42')],
  ['audio', ftyp('M4A ')],
  ['iso-media', ftyp('crx ')],
  ['iso-media', ftyp('jxl ')],
  ['video', latin1('\x1a\x45\xdf\xa3\x9fB\x86')],
  ['video', latin1('RIFF\x10\0\0\0AVI LIST')],
  ['bmp', latin1('BM6\x03\0\0\0\0\0\x006\0\0\0')],
  ['tiff', latin1('II*\0\x08\0\0\0')],
  ['tiff', latin1('MM\0*\0\0\0\x08')],
  ['jpeg-xl', latin1('\xff\x0a\xfa')],
  ['jpeg-xl', latin1('\0\0\0\x0cJXL \r\n\x87\n')],
  ['jpeg-2000', latin1('\0\0\0\x0cjP  \r\n\x87\n')],
  ['ico', latin1('\0\0\x01\0\x01\0')],
  ['psd', latin1('8BPS\0\x01')],
  ['svg', latin1('<svg xmlns="http://www.w3.org/2000/svg">')],
  ['svg', latin1('\xef\xbb\xbf<?xml version="1.0"?>\n<!-- made by hand -->\n<!DOCTYPE svg PUBLIC "x" "y">\n<svg>')],
  ['pdf', latin1('%PDF-1.7\n')],
  ['html', latin1('\n<!DOCTYPE html><html>')],
  ['html', latin1('<HTML><body>404')],
  ['xml', latin1('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>')],
  ['zip', latin1('PK\x03\x04\x14\0')],
  ['gzip', latin1('\x1f\x8b\x08')],
  ['json', latin1('{"image": "…"}')],
  ['json', latin1('[{"label": "cat"}]')],
  ['multipart', latin1('--boundary\r\nContent-Disposition: form-data; name="image"\r\n\r\n')],
  ['base64', latin1('data:image/png;base64,iVBORw0KGgo=')],
  ['base64', latin1('/9j/4AAQSkZJRg==')],
  ['mangled', new TextEncoder().encode(new TextDecoder().decode(latin1('\xff\xd8\xff\xe0\0\x10JFIF')))],
  ['mangled', new TextEncoder().encode(new TextDecoder().decode(latin1('\x89PNG\r\n')))],
  ['git-lfs-pointer', latin1('version https://git-lfs.github.com/spec/v1\noid sha256:00')],
  ['text', new TextEncoder().encode('Grüße')],
  ['unknown', latin1('\x01\x02\x03\x04')],
  ['empty', new Uint8Array(0)],
];

for (const [kind, bytes] of examples) {
  test(`sniff names ${kind}: ${JSON.stringify(Buffer.from(bytes.subarray(0, 24)).toString('latin1'))}`, () => {
    assert.equal(sniff(bytes).kind, kind);
  });
}

test('sniff distinguishes HEIC from HEIF in its name for people', () => {
  assert.equal(sniff(ftyp('heic')).name, 'HEIC');
  assert.equal(sniff(ftyp('mif1')).name, 'HEIF');
});

test('sniff recognizes text that is truncated within a character', () => {
  assert.equal(sniff(new TextEncoder().encode('ü'.repeat(600)).subarray(0, 1023)).kind, 'text');
});

test('sniff is fast for a page of endless comments', () => {
  assert.equal(sniff(latin1('<!---->'.repeat(200))).kind, 'text');
});

test('sniff returns a result for any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
      assert.ok(sniff(bytes).name.length > 0);
    }),
  );
});
