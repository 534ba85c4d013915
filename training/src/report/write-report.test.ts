import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { promisify } from 'node:util';
import { trainedRun } from '@glimpse/test/support/training/trained-run';
import { JSDOM } from 'jsdom';
import sharp from 'sharp';
import type { ReportContent } from './content.ts';
import { reportPage } from './page.ts';
import { writeReport } from './write-report.ts';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-report-'));
after(() => rm(folder, { recursive: true }));

const attack = '<img src=x onerror=alert(1)>';
const labels = [
  attack,
  '"><script>alert(2)</script>',
  "it's & co",
  ...Array.from({ length: 7 }, (_, i) => `color ${i}`),
];
const pathOf = (image: number) => `fotos/${image}/"><svg onload=alert(3)>.jpg`;

let content: ReportContent;
let path: string;
let plots: string[];
let document: Document;
const progress = new Set<string>();

before(async () => {
  const { run, data } = await trainedRun(folder, { epochs: 2, labels });
  const written = await writeReport(run, data, { pathOf, onProgress: (what) => progress.add(what) });
  ({ content, path, plots } = written);
  document = parse(await readFile(path, 'utf8'));
});

function parse(page: string): Document {
  return new JSDOM(page).window.document;
}

test('the page loads nothing: no scripts, no inline styles or event handlers, no URLs except anchors and data URIs', () => {
  assert.equal(document.querySelectorAll('script, iframe, object, embed, link, base, form').length, 0);
  for (const element of document.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) {
      assert.doesNotMatch(name, /^on|^style$|^srcset$|^action$/, element.outerHTML.slice(0, 200));
      if (name === 'href') assert.match(value, /^#/);
      if (name === 'src') assert.match(value, /^data:image\/png;base64,/);
      assert.doesNotMatch(value, /url\(|@import/);
    }
  }
  assert.doesNotMatch(document.querySelector('style')!.textContent, /url\(|@import/);
});

test("the page's CSP allows only its one style sheet, by hash, and embedded images", () => {
  const policy = document.querySelector('meta[http-equiv=Content-Security-Policy]')!.getAttribute('content')!;
  const css = document.querySelectorAll('style');
  assert.equal(css.length, 1);
  const hash = createHash('sha256').update(css[0]!.textContent).digest('base64');
  assert.match(policy, /^default-src 'none'; img-src data:; style-src 'sha256-/);
  assert.ok(policy.includes(`'sha256-${hash}'`), policy);
});

test('labels and paths that look like HTML are escaped', () => {
  const rows = [...document.querySelectorAll('section[aria-labelledby=classes] tbody th')].map((th) => th.textContent);
  assert.deepEqual(rows.slice(0, labels.length), labels);
  assert.equal(document.querySelectorAll('img').length, content.mistakes.length);
  assert.ok(content.mistakes.length > 0, 'after two epochs there are some mistakes to show');
  const places = [...document.querySelectorAll('.place')].map((place) => place.textContent);
  assert.deepEqual(
    places,
    content.mistakes.map(({ image }) => pathOf(image)),
  );
});

test('every chart and image has a text alternative, and every chart a table of its numbers', () => {
  const charts = [...document.querySelectorAll('svg')];
  assert.ok(charts.length >= 4);
  for (const chart of charts) {
    assert.equal(chart.getAttribute('role'), 'img');
    const [title, description] = chart.getAttribute('aria-labelledby')!.split(' ');
    assert.ok(document.getElementById(title!)!.textContent.length > 10);
    assert.ok(document.getElementById(description!)!.textContent.length > 20);
    assert.ok(chart.closest('figure')!.querySelector('table tbody tr'));
  }
  for (const image of document.querySelectorAll('img')) assert.match(image.alt, /.+, classified as /);
});

test('every file of a section is in the page, and the navigation links to it', async () => {
  const files = (await readdir(join(import.meta.dirname, 'sections'))).filter((name) => name !== 'section.ts');
  const exported = await Promise.all(files.map((file) => import(`./sections/${file}`)));
  const ids = exported.flatMap((module) => Object.values<{ id?: string }>(module).flatMap(({ id }) => id ?? []));
  assert.equal(ids.length, files.length);
  const linked = [...document.querySelectorAll('nav a')].map((link) => link.getAttribute('href')!.slice(1));
  assert.deepEqual(linked.toSorted(), ids.toSorted());
  for (const id of ids) assert.equal(document.getElementById(id)!.tagName, 'H2');
});

test('axe reports no accessibility violations', async () => {
  const { window } = new JSDOM(await readFile(path, 'utf8'), { runScripts: 'outside-only' });
  window.eval(await readFile(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8'));
  // Color contrast needs a browser's layout; see docs/reports.md.
  const found = window.eval(`axe.run({rules: {'color-contrast': {enabled: false}}}).then(
    ({violations, passes}) => JSON.stringify({violations: violations.map(({id, help}) => id + ': ' + help), passes: passes.length}))`);
  const { violations, passes } = JSON.parse(await (found as Promise<string>));
  assert.deepEqual(violations, []);
  assert.ok(passes > 10);
});

test('the numbers are those of the run: matrix rows are classes, and each weight type was measured', () => {
  const { metrics, confusion, counts, quantized, epochs, history, config } = content;
  assert.equal(epochs, 2);
  assert.equal(history.val_acc.length, 2);
  // The trainer measured the same weights on the same images, but with another backend or summation order.
  assert.ok(Math.abs(metrics.accuracy - history.val_acc[1]!) <= 0.011);
  assert.equal(
    metrics.correct,
    confusion.reduce((sum, row, i) => sum + row[i]!, 0),
  );
  assert.deepEqual(
    confusion.map((row) => row.reduce((sum, images) => sum + images, 0)),
    counts.test,
  );
  assert.equal(
    counts.train.reduce((sum, images) => sum + images, 0),
    config.data.train,
  );
  assert.equal(counts.validation, undefined);
  assert.deepEqual(
    quantized.map(({ dtype }) => dtype),
    ['uint8', 'uint16', 'float16'],
  );
  for (const one of quantized) {
    assert.ok('metrics' in one && one.sameClass > 0.9 && one.largestDifference < 0.2 && one.bytes < content.bytes);
    assert.ok(one.largestDifference > 0, 'the quantized weights were used');
  }
  assert.deepEqual([...progress], ['float32', 'uint8', 'uint16', 'float16']);
  assert.match(document.querySelector('.cards')!.textContent, new RegExp(metrics.accuracy.toFixed(4)));
  assert.match(document.querySelector('pre')!.textContent, /^npx glimpse train --arch cifar10-small --epochs 2$/);
});

test('the report names a type that cannot represent the weights and shows the others', async () => {
  const quantized = [...content.quantized.slice(0, 2), { dtype: 'float16' as const, reason: 'A weight is too large.' }];
  const page = parse(await reportPage({ ...content, quantized }));
  assert.match(
    page.querySelector('section[aria-labelledby=quantization]')!.textContent,
    /float16: A weight is too large\./,
  );
});

test('a run without a completed epoch is reported as unfinished', async () => {
  const history = { loss: [], acc: [], val_loss: [], val_acc: [] };
  const page = parse(await reportPage({ ...content, history, outcome: undefined, epochs: 0 }));
  assert.match(page.querySelector('section[aria-labelledby=curves]')!.textContent, /No epoch has been completed\./);
  assert.match(page.querySelector('section[aria-labelledby=summary]')!.textContent, /The run has not finished/);
});

test('with a thousand classes, the report lists the most frequent confusions instead of a matrix', async () => {
  const many = Array.from({ length: 1000 }, (_, i) => `class ${i}`);
  const confusion = many.map((_, truth) => many.map((_, answer) => (answer === (truth + 1) % 1000 ? 3 : 1)));
  const counts = { train: many.map(() => 5), validation: many.map(() => 5), test: many.map(() => 1002) };
  const config = { ...content.config, labels: many };
  const answers = { probabilities: new Float32Array(0), truth: new Uint16Array(0) };
  const text = await reportPage({ ...content, ...answers, confusion, counts, config });
  const page = parse(text);
  assert.equal(page.querySelector('.matrix'), null);
  assert.equal(page.querySelectorAll('section[aria-labelledby=confusion] tbody tr').length, 50);
  assert.ok(text.length < 2_000_000, `${text.length}`);
});

test('the plots are SVG files with descriptions, and PNG files of twice their size', async () => {
  assert.deepEqual(
    plots.map((plot) => plot.slice(plot.lastIndexOf('/') + 1)),
    ['accuracy.svg', 'accuracy.png', 'loss.svg', 'loss.png'],
  );
  const svg = new JSDOM(await readFile(plots[0]!), { contentType: 'image/svg+xml' }).window.document;
  assert.match(svg.querySelector('desc')!.textContent, /Over 2 epochs, training accuracy goes from 0\.\d{4} to/);
  // One dot per epoch, and one line.
  assert.equal(svg.querySelectorAll('circle').length, 2);
  const { width, height, format } = await sharp(plots[1]!).metadata();
  assert.deepEqual([format, width, height], ['png', 760, 540]);
});

test('a machine without fonts draws the same PNG', async () => {
  const fonts = join(folder, 'fonts.conf');
  await writeFile(fonts, '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>');
  const program = `
    import { readFile, writeFile } from 'node:fs/promises';
    import { toPng } from ${JSON.stringify(join(import.meta.dirname, 'plots.ts'))};
    await writeFile(process.argv[2], await toPng(await readFile(process.argv[1], 'utf8')));
  `;
  const drawn = join(folder, 'bare.png');
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program, plots[0]!, drawn], {
    env: { ...process.env, FONTCONFIG_FILE: fonts },
  });
  assert.deepEqual(await readFile(drawn), await readFile(plots[1]!));
});

test('a report that cannot be written is an error with the reason', async () => {
  const { run, data } = await trainedRun(join(folder, 'unwritable'), { epochs: 1 });
  await assert.rejects(writeReport(run, data, { out: join(folder, 'nowhere/report.html') }), {
    code: 'run-unwritable',
    message: /Cannot write the report: .*nowhere/,
  });
});
