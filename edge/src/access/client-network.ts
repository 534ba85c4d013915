/** Who sends a request, as far as an address tells. */

/**
 * What counts as one sender: an IPv4 address, or the 64 bits of an IPv6 one that a household has for itself.
 *
 * @param address of the header CF-Connecting-IP, which Cloudflare sets
 * @returns undefined where there is none, or on this machine
 */
export function clientNetwork(address: string | null): string | undefined {
  if (address === null || address === '127.0.0.1' || address === '::1') return undefined;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  const behind = tail ? tail.split(':') : [];
  // An IPv4 address at the end stands for two groups.
  const written = groups.length + behind.length + (address.includes('.') ? 1 : 0);
  const all = tail === undefined ? groups : [...groups, ...Array(Math.max(0, 8 - written)).fill('0'), ...behind];
  return all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
