/** Parameters, form fields and JSON members that a route does not know are refused: ignored, they look as if they worked. */
import { Problem } from '@glimpse/shared/api/problems';

/** What other APIs call the same thing, in lower case and without separators. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  image: [
    'file',
    'files',
    'images',
    'photo',
    'picture',
    'img',
    'data',
    'input',
    'inputs',
    'upload',
    'base64',
    'content',
  ],
  url: ['imageurl', 'uri', 'imageuri', 'href', 'link', 'address', 'src'],
  top_k: ['k', 'n', 'top', 'topn', 'limit', 'count', 'maxresults', 'numresults'],
  threshold: ['confidence', 'minconfidence', 'confidencethreshold', 'score', 'minscore', 'cutoff', 'probability'],
};

const MAX_SHOWN = 40;

/** @param what the place, such as "query parameter" */
export function unknownName(what: string, sent: string, known: readonly string[]): Problem {
  const shown = JSON.stringify(sent.slice(0, MAX_SHOWN));
  const remedy =
    known.length === 0
      ? `This route has no ${what}s.`
      : `Did you mean "${nearestName(sent, known)}"? Known are ${known.join(', ')}.`;
  return new Problem('parameter-invalid', `Unknown ${what} ${shown}. ${remedy}`, {
    extensions: { parameter: sent.slice(0, MAX_SHOWN) },
  });
}

export function nearestName(sent: string, known: readonly string[]): string {
  const name = plain(sent.slice(0, MAX_SHOWN));
  const same = known.find((candidate) => plain(candidate) === name || ALIASES[candidate]?.includes(name));
  if (same !== undefined) return same;
  const distances = known.map((candidate) => distance(name, plain(candidate)));
  return known[distances.indexOf(Math.min(...distances))]!;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
