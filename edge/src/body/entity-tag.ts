/** Entity tags (RFC 9110, 8.8.3). Those of a release's files are the SHA-256 of their content. */

/** @param header `If-None-Match`. The comparison is weak, since a proxy that compresses makes tags weak. */
export function matches(header: string | null, etag: string): boolean {
  if (header === null) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}
