const NONE = new URLSearchParams();

/** Of a request's address; most have none, and parsing an address takes longer than to see that. Not to be changed. */
export function queryOf(url: string): URLSearchParams {
  return url.includes('?') ? new URL(url).searchParams : NONE;
}
