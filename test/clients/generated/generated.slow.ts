/**
 * Clients that openapi-generator makes of /openapi.json, compiled, and asked to classify an image. Takes a JDK of 17 or
 * later and Maven, which brings the generator and the Kotlin compiler; run by `npm run clients`.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, type TestContext } from 'node:test';
import { promisify, stripVTControlCharacters } from 'node:util';
import { build } from 'esbuild';
import { apiSnippets } from '../../../edge/site/snippets.ts';
import { onPath } from '../../support/on-path.ts';
import { ROOT, startWorker } from '../../support/worker/start-worker.ts';
import { installed } from '../installed.ts';

const run = promisify(execFile);
const GENERATOR = '7.25.0';

const skip =
  process.env.CLIENTS !== 'all'
    ? 'Takes minutes: npm run clients'
    : ['javac', 'mvn'].every((program) => onPath(program))
      ? false
      : 'Takes a JDK and Maven: apt-get install default-jdk maven';

if (skip) test('generated clients', { skip }, () => {});
else {
  const jar = installed(`openapi-generator-cli-${GENERATOR}.jar`);
  if (!existsSync(jar)) {
    const artifact = `-Dartifact=org.openapitools:openapi-generator-cli:${GENERATOR}`;
    await run('mvn', ['-q', '-B', 'dependency:copy', artifact, `-DoutputDirectory=${installed()}`]);
  }
  const worker = await startWorker({ LOG_REQUESTS: 'off' });
  const folder = await mkdtemp(join(tmpdir(), 'glimpse-generated-'));
  after(async () => {
    await worker.close();
    await rm(folder, { recursive: true });
  });
  const document = join(folder, 'openapi.json');
  await writeFile(document, await (await fetch(new URL('/openapi.json', worker.url))).text());
  const here = (...path: string[]) => join(import.meta.dirname, ...path);
  const asked = [worker.url.origin, join(ROOT, 'examples/cat.png')];

  const generate = (language: string, to: string, options: readonly string[]) =>
    run('java', ['-jar', jar, 'generate', '-i', document, '-g', language, '-o', to, ...options], {
      maxBuffer: 2 ** 26,
    });
  const expect = (stdout: string, t: TestContext) => {
    const lines = stripVTControlCharacters(stdout).trim().split('\n');
    assert.deepEqual(lines, ['classify cat', 'batch 2', 'hugging-face cat', 'unknown 404']);
    t.diagnostic(lines.join(', '));
  };

  /** Compiles and runs by a pom.xml of ours: the generated one wants plugins for everything. */
  async function maven(
    t: TestContext,
    language: 'java' | 'kotlin',
    program: string,
    options: readonly string[],
  ): Promise<void> {
    const project = join(folder, language);
    await generate(language, project, options);
    await copyFile(here(language, 'pom.xml'), join(project, 'pom.xml'));
    await copyFile(here(language, program), join(project, 'src/main', language, program));
    const goals = ['-q', '-B', 'compile', 'exec:java', `-Dexec.args=${asked.join(' ')}`];
    expect((await run('mvn', goals, { cwd: project, maxBuffer: 2 ** 26 })).stdout, t);
  }

  test('java, okhttp-gson', (t) =>
    maven(t, 'java', 'Ask.java', [
      ...['--library', 'okhttp-gson', '-p'],
      'invokerPackage=glimpse.client,apiPackage=glimpse.client.api,modelPackage=glimpse.client.model,openApiNullable=false',
    ]));

  test('kotlin, jvm-okhttp4', (t) =>
    maven(t, 'kotlin', 'Ask.kt', ['--library', 'jvm-okhttp4', '-p', 'packageName=glimpse.client']));

  test('the Kotlin lines of the demo, as they stand', async () => {
    const project = join(folder, 'kotlin-snippet');
    const sources = join(project, 'src/main/kotlin');
    await mkdir(sources, { recursive: true });
    await copyFile(here('kotlin', 'pom.xml'), join(project, 'pom.xml'));
    await copyFile(join(ROOT, 'examples/cat.png'), join(project, 'cat.png'));
    const lines = apiSnippets(worker.url.origin).find(({ name }) => name === 'Kotlin')!.text;
    await writeFile(join(sources, 'Snippet.kt'), lines);
    const goals = ['-q', '-B', 'compile', 'exec:java', '-Dexec.mainClass=SnippetKt'];
    const { stdout } = await run('mvn', goals, { cwd: project, maxBuffer: 2 ** 26 });
    assert.match(stripVTControlCharacters(stdout), /"label":"cat"/);
  });

  test('typescript-fetch', async (t) => {
    const project = join(folder, 'typescript');
    await generate('typescript-fetch', join(project, 'client'), []);
    await copyFile(here('typescript', 'Ask.ts'), join(project, 'Ask.ts'));
    await mkdir(join(project, 'node_modules'));
    await symlink(join(ROOT, 'node_modules/@types'), join(project, 'node_modules/@types'));
    const options = '--noEmit --strict --target es2022 --module preserve --moduleResolution bundler --types node';
    const files = ['--allowImportingTsExtensions', '--skipLibCheck', 'Ask.ts'];
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    await run(process.execPath, [tsc, ...options.split(' '), ...files], { cwd: project });
    const outfile = join(project, 'ask.mjs');
    await build({ entryPoints: [join(project, 'Ask.ts')], outfile, bundle: true, platform: 'node', format: 'esm' });
    expect((await run(process.execPath, [outfile, ...asked])).stdout, t);
  });
}
