/** The part of an address that may be written down: it tells networks apart, and not who is in them. */

/** @returns the first 24 bits of an IPv4 address, the first 48 of an IPv6 one; undefined where it is neither */
export function addressPrefix(address: string | null): string | undefined {
  const [, mapped] = /^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address ?? '') ?? [];
  if (mapped) {
    const bytes = mapped.split('.').map(Number);
    return bytes.every((byte) => byte <= 255) ? `${bytes.slice(0, 3).join('.')}.0/24` : undefined;
  }
  const url = `http://[${address}]/`;
  if (!/^[0-9a-f:.]+$/i.test(address ?? '') || !URL.canParse(url)) return undefined;
  // Written in its shortest form: what `::` stands for is filled up again.
  const [head = '', tail] = new URL(url).hostname.slice(1, -1).split('::');
  const [before, after] = [head, tail ?? ''].map((part) => part.split(':').filter((group) => group !== '')) as [
    string[],
    string[],
  ];
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  return `${groups.slice(0, 3).join(':')}::/48`;
}
