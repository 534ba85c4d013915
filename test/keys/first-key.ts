/**
 * A key from creation to revocation, with the command line and a Worker as `npm start` runs it: what a newcomer types.
 * docs/first-key.md shows it.
 */
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyProject } from '../loop/project.ts';
import { openTerminal } from './terminal.ts';

const ADDRESS = 'http://127.0.0.1:8787';
const AS_KEY = '-H "Authorization: Bearer $KEY"';
/** Seconds for which a revoked key is still accepted; 30 unless set. */
const CACHE_SECONDS = 5;

/** In `.dev.vars`, before `npm start`. */
export const variables = ['REQUIRE_KEYS="on"', `KEY_CACHE_SECONDS="${CACHE_SECONDS}"`];

/** The commands in order, by what each one shows. */
export const steps = {
  create: 'npx glimpse keys create --name "my app" --quota 200 | tee key.txt; KEY=$(head -1 key.txt)',
  keyless: `curl -s --data-binary @examples/cat.png ${ADDRESS}/v1/classify`,
  classify: `curl -si ${AS_KEY} --data-binary @examples/cat.png '${ADDRESS}/v1/classify?top_k=2' | tee answer.txt`,
  feedback: `ID=$(grep -o '"id":"[^"]*"' answer.txt | cut -d'"' -f4)
curl -s ${AS_KEY} ${ADDRESS}/v1/feedback \\
  -d "{\\"id\\":\\"$ID\\",\\"label\\":\\"cat\\",\\"image\\":\\"$(base64 -w0 examples/cat.png)\\",\\"consent\\":true}"`,
  takeBack: `curl -s -o /dev/null -w '%{http_code}\\n' -X DELETE ${AS_KEY} ${ADDRESS}/v1/feedback/$ID`,
  photos: 'npx glimpse data cifar10 --to-folder photos --classes cat,dog,ship --per-class 20',
  manyFeedbacks: `for photo in photos/*/*.png; do
  ID=$(curl -s ${AS_KEY} --data-binary @$photo ${ADDRESS}/v1/classify | grep -o '"id":"[^"]*"' | cut -d'"' -f4)
  curl -s -o /dev/null -w '%{http_code}\\n' ${AS_KEY} ${ADDRESS}/v1/feedback \\
    -d "{\\"id\\":\\"$ID\\",\\"label\\":\\"$(basename $(dirname $photo))\\",\\"image\\":\\"$(base64 -w0 $photo)\\",\\"consent\\":true}"
done | sort | uniq -c`,
  quota: `curl -s -o /dev/null -w '%{http_code}\\n' ${AS_KEY} --data-binary @examples/cat.png '${ADDRESS}/v1/classify#[1-100]' | sort | uniq -c`,
  quotaRefusal: `curl -si ${AS_KEY} --data-binary @examples/cat.png ${ADDRESS}/v1/classify`,
  rate: `mkdir many; curl -siZ --no-progress-meter --parallel-max 16 -o 'many/#1' ${AS_KEY} '${ADDRESS}/v1/models#[1-1500]'
grep -h '^HTTP' many/* | sort | uniq -c`,
  rateRefusal: 'cat "$(grep -l "^HTTP.* 429" many/* | head -1)"',
  pull: 'npx glimpse feedback pull --from local --model cifar10',
  data: 'npx glimpse data feedback/cifar10',
  train: 'npx glimpse train --data feedback/cifar10 --arch cifar10-small --engine wasm --epochs 1',
  list: 'npx glimpse keys list',
  revoke: 'npx glimpse keys revoke "$KEY"',
  revoked: `sleep ${CACHE_SECONDS}; curl -s ${AS_KEY} --data-binary @examples/cat.png ${ADDRESS}/v1/classify`,
} as const;

export type StepName = keyof typeof steps;

/** The response headers that matter here. */
const SHOWN = /^(HTTP|Retry-After|RateLimit|X-RateLimit|Server-Timing|WWW-Authenticate)/i;

/**
 * Runs all of them in a copy of the project, with a Worker and local buckets of its own.
 *
 * @param report gets each step as soon as it is done
 * @returns what each step printed, with keys shortened
 */
export async function firstKey(report: (typed: string, printed: string) => void): Promise<Record<StepName, string>> {
  const project = await copyProject();
  try {
    await appendFile(join(project.folder, '.dev.vars'), variables.join('\n'));
    const worker = await project.start();
    const terminal = openTerminal(project.folder, { GLIMPSE_PRIVATE_STORE: 'local' });
    try {
      const printed: Partial<Record<StepName, string>> = {};
      for (const [name, typed] of Object.entries(steps) as [StepName, string][]) {
        const said = readable(await terminal.type(typed.replaceAll(ADDRESS, worker.url.origin))).replaceAll(
          project.folder,
          '.',
        );
        printed[name] = said;
        report(typed, said);
      }
      return printed as Record<StepName, string>;
    } finally {
      await terminal.close();
      await worker.stop();
    }
  } finally {
    await project.remove();
  }
}

/** Without the headers that do not matter here, and with keys shortened. */
function readable(printed: string): string {
  const lines = printed
    .replaceAll('\r\n', '\n')
    .replace(/(gls_\w{4})\w{32}/g, '$1…')
    .split('\n');
  let inHead = false;
  const kept = lines.filter((line) => {
    if (/^HTTP\/1\.1 /.test(line)) inHead = true;
    else if (line === '') inHead = false;
    return !inHead || SHOWN.test(line);
  });
  return kept.join('\n').trimEnd();
}
