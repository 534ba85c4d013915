/** The word check: tracked text files must not use old vocabulary. `npm run lint` runs it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Word {
  readonly pattern: RegExp;
  /** What to write instead. */
  readonly write: string;
}

/** Matched in file names and lines. Identifiers count too, so most patterns have no word boundary. */
const words: readonly Word[] = [
  { pattern: /picture/i, write: 'image' },
  { pattern: /colour/i, write: 'color' },
  { pattern: /\bgrey/i, write: 'gray' },
  { pattern: /quantis(e|ing|ation)/i, write: 'quantize' },
  { pattern: /normalis(e|ing|ation)/i, write: 'normalize' },
  { pattern: /optimis(e|ing|ation)/i, write: 'optimize' },
  { pattern: /initialis(e|ing|ation)/i, write: 'initialize' },
  { pattern: /behaviour/i, write: 'behavior' },
  { pattern: /neighbour/i, write: 'neighbor' },
  { pattern: /\bwhoever\b/i, write: 'anyone who' },
  { pattern: /\banew\b/i, write: 'again' },
  { pattern: /\bonce more\b/i, write: 'again' },
  { pattern: /\bpassed over\b/i, write: 'ignored' },
  { pattern: /\bleft alone\b/i, write: 'untouched, ignored' },
  { pattern: /\bin turns\b/i, write: 'interleaved' },
  { pattern: /\bso many\b/i, write: 'N, the number of' },
  { pattern: /\bstarts? afresh\b/i, write: 'starts again' },
  { pattern: /\bBroken off\b/i, write: 'interrupted' },
  { pattern: /own pictures|ownPictures/i, write: 'image folder' },
  { pattern: /\b(MOST|LEAST|LONGEST|FEWEST|SMALLEST)_/, write: 'MAX_, MIN_' },
  { pattern: /\bAT_A_TIME\b/, write: 'CONCURRENCY, BATCH_SIZE' },
  { pattern: /\bKeeper\b/, write: 'WaitUntil' },
  { pattern: /NetworkShelf/, write: 'ModelCache' },
  { pattern: /\bNameGuard\b/, write: 'ModelNameLimiter' },
  { pattern: /\bSharedTask\b/, write: 'SingleFlight' },
  { pattern: /\bunlessAborted\b/, write: 'raceAbort' },
  { pattern: /\bKeyRing\b/, write: 'KeyCache' },
  { pattern: /\bsameHash\b/, write: 'timingSafeEqual' },
  { pattern: /\bsenderOf\b/, write: 'clientNetwork' },
  { pattern: /\breadableBy\b/, write: 'corsOrigin' },
  { pattern: /\baccessSaid\b/, write: 'describeAccess' },
  { pattern: /\bbreaksBackend\b/, write: 'isFatalBackendError' },
  { pattern: /\bsentIn\b/, write: 'openRequestImage' },
  { pattern: /\bopenIsolate\b/, write: 'createState' },
  { pattern: /\bpreparePictures\b/, write: 'DecodedCache' },
  { pattern: /\bmoveAndMirror\b/, write: 'translateAndFlip' },
  { pattern: /\bcutOut\b/, write: 'cutout' },
  { pattern: /\bisWorthAnotherTry\b/, write: 'isRetryable' },
  { pattern: /\bwaitBefore\b/, write: 'backoffMs' },
  { pattern: /\bsecondsOf\b/, write: 'parseRetryAfter' },
  { pattern: /\bmakeUp\b/, write: 'concealLostMcus' },
];

/** Stored and protocol names that contain an old word, and names that are not ours. */
const exceptions: readonly { readonly name: RegExp; readonly reason: string }[] = [
  { name: /\bown[-_]?pictures\b/gi, reason: 'member of a stored run' },
  { name: /pictures-small/g, reason: 'architecture name in stored releases' },
  {
    // As a quoted name, a key, a member, or in a destructuring pattern; not in prose.
    name: /(['"`])pictures?\1|\bpictures?(?=\??: )|(?<=[\w)}][?!]?\.)pictures?\b(?!\.\w)|(?<=\{ ?[^{}]*)pictures?\b/g,
    reason: 'member of release.json, gate.json and feedback records; Open Inference tensor',
  },
  { name: /<\/?picture\b|HTMLPicture\w*|Picture-in-Picture/g, reason: 'HTML element and web API' },
  { name: /\bgrey8\b/gi, reason: 'pixel format in stored requests' },
  { name: /\b(MAX_BATCH|FEEDBACK)_PICTURES\b/g, reason: 'earlier environment variables, named in the error' },
  { name: /(?<=['"`])(feedback-)?pictures?-[a-z…-]+/g, reason: 'earlier problem codes' },
  {
    name: /\bpicture \\\(BYTES|\bpicture, pixels or tensor|\|picture\b/g,
    reason: 'Open Inference tensor; feedback key',
  },
  { name: /\b(to|pipeline)Colourspace\b|\bgrey16\b/g, reason: 'names of sharp' },
];

/** Not checked: data, generated or third-party text, files made by earlier versions, and this list. */
const unchecked =
  /^(LICENSE|package-lock\.json|CHANGELOG\.md|starter\/|test\/lint\/words|test\/golden\/files\/|edge\/widget\/kept\/|test\/clients\/generated\/)|\.(png|jpe?g|gif|webp|avif|tiff?|heic|bin|wasm|ico|ttf|woff2?|keras|h5|svg|csv|ndjson|safetensors|json)$/;

export interface Hit {
  readonly line: number;
  readonly word: string;
  readonly write: string;
}

/** The old words in a text, at most one per word and line. */
export function findWords(text: string): Hit[] {
  const anyWord = new RegExp(words.map(({ pattern }) => pattern.source).join('|'), 'i');
  if (!anyWord.test(text)) return [];
  return text.split('\n').flatMap((line, index) => {
    if (!anyWord.test(line)) return [];
    const own = exceptions.reduce((rest, { name }) => rest.replace(name, ''), line);
    return words.flatMap(({ pattern, write }) => {
      const found = pattern.exec(own);
      return found ? [{ line: index + 1, word: found[0], write }] : [];
    });
  });
}

export const ROOT = join(import.meta.dirname, '../..');

export function trackedFiles(): string[] {
  return execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 })
    .split('\0')
    .filter((name) => name !== '');
}

if (import.meta.main) {
  const messages = trackedFiles()
    .filter((file) => !unchecked.test(file))
    .flatMap((file) => [
      ...findWords(file).map(({ word, write }) => `${file}: the file name has "${word}"; write "${write}"`),
      ...findWords(readFileSync(join(ROOT, file), 'utf8')).map(
        ({ line, word, write }) => `${file}:${line}: "${word}"; write "${write}"`,
      ),
    ]);
  for (const message of messages) console.error(message);
  if (messages.length > 0) process.exitCode = 1;
}
