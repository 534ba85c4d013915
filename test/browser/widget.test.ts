/** `<glimpse-classify>` in a real browser, on a page of another origin than the Worker. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page, Route } from 'playwright-core';
import { browserLacks } from './browser.ts';
import { asFile, example, type Fixture, openFixture, tabTo, waitForFocus } from './widget-fixture.ts';

const fixture: Fixture | undefined = browserLacks ? undefined : await openFixture();
after(() => fixture?.close());

const here = { skip: browserLacks, timeout: 60_000 };

const tag = (attributes = '') => `<glimpse-classify endpoint="${fixture!.endpoint}" ${attributes}></glimpse-classify>`;

/** Opens a page with one widget. */
const open = (attributes = '', options: Parameters<Fixture['open']>[1] = {}) =>
  fixture!.open(`${fixture!.script}${tag(attributes)}`, options);

type Files = Parameters<ReturnType<Page['locator']>['setInputFiles']>[0];

async function choose(page: Page, files: Files): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.locator('[part~=choose]').click();
  await (await chooser).setFiles(files);
}

/** Waits for an answer and returns its best label. */
async function best(page: Page): Promise<string | null> {
  const label = page.locator('[part=result] [part=label]').first();
  await label.waitFor();
  return label.textContent();
}

const errorShown = async (page: Page): Promise<string> =>
  ((await page.locator('[part=error]').textContent()) ?? '').replace(/\s+/g, ' ').trim();

/** Records the announcements of the live region from now on. */
const listen = (page: Page) =>
  page.evaluate(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    const region = document.querySelector('glimpse-classify')!.shadowRoot!.querySelector('[role=status]')!;
    new MutationObserver(() => {
      const text = region.textContent!.trim();
      if (text) said.push(text);
    }).observe(region, { childList: true, subtree: true, characterData: true });
  });

const said = (page: Page): Promise<string[]> => page.evaluate('said.splice(0)');

const problem =
  (status: number, code: string, headers: Record<string, string> = {}) =>
  (route: Route) =>
    route.fulfill({
      status,
      headers: { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': 'Retry-After', ...headers },
      contentType: 'application/problem+json',
      body: JSON.stringify({ type: 'about:blank', title: code, status, code, detail: 'From the test.' }),
    });

const CLASSIFY = '**/v1/classify?*';

test('a chosen file is classified, and the page receives an event', here, async () => {
  const { page, events, complaints, close } = await open('top-k="3"');
  await choose(page, example('cat'));
  assert.equal(await best(page), 'cat');
  assert.equal(await page.locator('[part=result]').count(), 3);
  const [heard, ...others] = await events();
  assert.equal(heard?.type, 'glimpse-result');
  assert.equal(others.length, 0);
  const { answer, source, milliseconds } = heard.detail as {
    answer: { model: { name: string }; predictions: { label: string }[] };
    source: string;
    milliseconds: number;
  };
  assert.equal(answer.model.name, 'cifar10');
  assert.deepEqual([answer.predictions[0]?.label, source], ['cat', 'edge']);
  assert.ok(milliseconds > 0);
  assert.deepEqual(complaints, []);
  await close();
});

test(
  'the same file chosen twice is sent twice, and an edited file of the same name with its new bytes',
  here,
  async () => {
    const { page, events, close } = await open();
    let sent = 0;
    page.on(
      'request',
      (request) => (sent += Number(request.method() === 'POST' && request.url().includes('/classify'))),
    );
    await choose(page, example('cat'));
    await best(page);
    await choose(page, example('cat'));
    await page.waitForFunction('heard.length === 2');
    assert.equal(sent, 2);
    await choose(page, await asFile(example('ship'), 'cat.png'));
    await page.waitForFunction('heard.length === 3');
    assert.equal(await best(page), 'ship');
    assert.equal((await events()).length, 3);
    await close();
  },
);

test('a file dropped from the desktop is classified; the page does not navigate to it', here, async () => {
  const { page, context, close } = await open();
  const box = (await page.locator('glimpse-classify').boundingBox())!;
  const at = { x: box.x + box.width / 2, y: box.y + 20 };
  const devtools = await context.newCDPSession(page);
  const data = { items: [], files: [example('frog')], dragOperationsMask: 1 };
  await devtools.send('Input.dispatchDragEvent', { type: 'dragEnter', ...at, data });
  await devtools.send('Input.dispatchDragEvent', { type: 'dragOver', ...at, data });
  await page.getByText('Drop it here').waitFor();
  await devtools.send('Input.dispatchDragEvent', { type: 'drop', ...at, data });
  assert.equal(await best(page), 'frog');
  assert.match(page.url(), /page-/);
  assert.equal(await page.getByText('Drop it here').count(), 0);
  await close();
});

test('of several dropped files, the first image is classified, with a note', here, async () => {
  const { page, context, close } = await open();
  const box = (await page.locator('glimpse-classify').boundingBox())!;
  const at = { x: box.x + 30, y: box.y + 20 };
  const devtools = await context.newCDPSession(page);
  const data = { items: [], files: [example('dog'), example('ship')], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await devtools.send('Input.dispatchDragEvent', { type, ...at, data });
  }
  assert.equal(await best(page), 'dog');
  await page.getByText('One image at a time').waitFor();
  await close();
});

test('an image pasted from the clipboard is classified, whether or not the widget has the focus', here, async () => {
  const { page, context, close } = await open();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const copy = async (name: string) => {
    const { buffer } = await asFile(example(name), name);
    await page.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      const item = new ClipboardItem({ 'image/png': new Blob([bytes], { type: 'image/png' }) });
      await navigator.clipboard.write([item]);
    }, buffer.toString('base64'));
  };
  await copy('horse');
  await page.locator('[part~=choose]').focus();
  await waitForFocus(page, '[part~=choose]');
  await page.keyboard.press('Control+V');
  assert.equal(await best(page), 'horse');
  await copy('truck');
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await page.waitForFunction(() => document.activeElement === document.body);
  await page.keyboard.press('Control+V');
  await page.waitForFunction('heard.length === 2');
  assert.equal(await best(page), 'truck');
  await close();
});

test('the widget is usable by keyboard alone', here, async () => {
  const { page, close } = await open('feedback');
  await tabTo(page, '[part~=choose]');
  const chooser = page.waitForEvent('filechooser');
  await page.keyboard.press('Enter');
  await (await chooser).setFiles(example('deer'));
  await best(page);
  await tabTo(page, '[part~=right]');
  await tabTo(page, '[part~=correct]');
  await page.keyboard.press('Space');
  await page.locator('option[value=truck]').waitFor({ state: 'attached' });
  await waitForFocus(page, 'select');
  await page.keyboard.type('tr');
  assert.equal(await page.locator('select').inputValue(), 'truck');
  await close();
});

test('Escape cancels, and a late answer is not shown', here, async () => {
  const { page, events, close } = await open();
  await page.route(CLASSIFY, async (route) => {
    await sleep(500);
    await route.continue().catch(() => {});
  });
  await choose(page, example('cat'));
  await page.locator('[part=progress]').waitFor();
  await page.locator('[part~=choose]').focus();
  await waitForFocus(page, '[part~=choose]');
  await page.keyboard.press('Escape');
  await page.locator('[part=progress]').waitFor({ state: 'detached' });
  await sleep(800);
  assert.equal(await page.locator('[part=result]').count(), 0);
  assert.deepEqual(await events(), []);
  await close();
});

test('a newer image aborts the call of the older one', here, async () => {
  const { page, events, close } = await open();
  let calls = 0;
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const sent = page.waitForRequest(CLASSIFY);
  const aborted = page.waitForEvent('requestfailed');
  await page.route(CLASSIFY, async (route) => {
    if (++calls === 1) await held;
    await route.continue().catch(() => {});
  });
  await choose(page, example('cat'));
  await sent;
  await choose(page, example('ship'));
  assert.equal((await aborted).failure()?.errorText, 'net::ERR_ABORTED');
  assert.equal(await best(page), 'ship');
  release();
  await sleep(300);
  assert.equal(await best(page), 'ship');
  assert.deepEqual(
    (await events()).map(({ type }) => type),
    ['glimpse-result'],
  );
  await close();
});

test('on a slow connection, progress is shown and can be canceled', here, async () => {
  const { page, context, events, close } = await open('upload="original"');
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  const slow = { offline: false, latency: 300, downloadThroughput: 20_000, uploadThroughput: 2000 };
  await devtools.send('Network.emulateNetworkConditions', slow);
  const { buffer } = await asFile(example('cat'), 'cat.png');
  const name = 'large.png';
  await choose(page, { name, mimeType: 'image/png', buffer: Buffer.concat([buffer, Buffer.alloc(100_000)]) });
  await page.getByRole('progressbar', { name: `Classifying ${name} …` }).waitFor();
  assert.ok(await page.locator('canvas').isVisible(), 'the preview is already visible');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.locator('[part=progress]').waitFor({ state: 'detached' });
  assert.equal(await page.evaluate('document.activeElement.shadowRoot.activeElement.id'), 'choose');
  await devtools.send('Network.emulateNetworkConditions', { ...slow, latency: 0, uploadThroughput: -1 });
  await choose(page, example('cat'));
  assert.equal(await best(page), 'cat');
  assert.equal((await events()).length, 1);
  await close();
});

test('the live region announces start, result and error once each', here, async () => {
  const { page, close } = await open();
  await listen(page);
  await choose(page, example('cat'));
  await best(page);
  assert.deepEqual(await said(page), ['Classifying cat.png …', 'cat, 96.3%']);
  await page.route(CLASSIFY, problem(500, 'internal-error'));
  await choose(page, example('dog'));
  const shown = (await page.locator('[part=error] p').textContent())?.trim();
  assert.deepEqual(await said(page), ['Classifying dog.png …', shown]);
  await close();
});

test('answers and errors do not move the focus', here, async () => {
  const { page, close } = await open();
  const focused = () =>
    page.evaluate('document.activeElement.shadowRoot?.activeElement?.id ?? document.activeElement.id');
  await page.evaluate(() => document.body.insertAdjacentHTML('beforeend', '<button id="elsewhere">elsewhere</button>'));
  for (const selector of ['#choose', '#elsewhere']) {
    await page.locator(selector).focus();
    const classify = (name: string) =>
      asFile(example(name), name).then(({ buffer }) =>
        page.evaluate(
          (base64) =>
            document
              .querySelector('glimpse-classify')!
              .classify(new Blob([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))])),
          buffer.toString('base64'),
        ),
      );
    await classify('cat');
    assert.equal(`#${await focused()}`, selector);
    await page.route(CLASSIFY, problem(503, 'busy', { 'Retry-After': '0' }));
    await classify('dog');
    await page.locator('[part=error]').waitFor();
    assert.equal(`#${await focused()}`, selector);
    await page.unroute(CLASSIFY);
  }
  // The focus of a button that disappears when pressed moves on.
  await page.locator('[part~=again]').click();
  await best(page);
  assert.equal(await focused(), 'choose');
  await close();
});

const refusals: [string, (page: Page) => Promise<unknown>, RegExp, string][] = [
  [
    '429',
    (page) => page.route(CLASSIFY, problem(429, 'rate-limited', { 'Retry-After': '42' })),
    /Too many images.*Wait a moment\.\s+You can try again in 4\d seconds/s,
    'rate-limited',
  ],
  ['503', (page) => page.route(CLASSIFY, problem(503, 'busy', { 'Retry-After': '0' })), /is busy.*Try again/s, 'busy'],
  [
    '401',
    (page) => page.route(CLASSIFY, problem(401, 'key-missing')),
    /requires a valid key.*check the key/s,
    'key-missing',
  ],
  [
    '500',
    (page) => page.route(CLASSIFY, problem(500, 'internal-error')),
    /The classifier failed\..*Try again/s,
    'internal-error',
  ],
  ['being offline', (page) => page.context().setOffline(true), /You are offline.*Try again/s, 'offline'],
];

for (const [what, prepare, text, code] of refusals) {
  test(`${what}: the message says what happened and what to do`, here, async () => {
    const { page, events, close } = await open();
    await prepare(page);
    await choose(page, example('cat'));
    await page.locator('[part=error]').waitFor({ timeout: 50_000 });
    assert.match(await errorShown(page), text);
    const [heard] = await events();
    assert.deepEqual([heard?.type, heard?.detail.code], ['glimpse-error', code]);
    await close();
  });
}

test('the same image can be retried after being offline', here, async () => {
  const { page, context, close } = await open();
  await context.setOffline(true);
  await choose(page, example('cat'));
  await page.locator('[part~=again]').waitFor();
  await context.setOffline(false);
  await page.locator('[part~=again]').click();
  assert.equal(await best(page), 'cat');
  await close();
});

test('a file that is not an image is not sent', here, async () => {
  const { page, events, close } = await open();
  let sent = 0;
  page.on('request', (request) => (sent += Number(request.method() === 'POST')));
  await choose(page, { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') });
  await page.locator('[part=error]').waitFor();
  assert.match(await errorShown(page), /not an image file.*JPEG, PNG, WebP or GIF/s);
  assert.equal((await events())[0]?.detail.code, 'image-none');
  assert.equal(sent, 0);
  await close();
});

test('an unsupported format and a damaged image have different messages', here, async () => {
  const { page, events, close } = await open();
  await choose(page, {
    name: 'a.heic',
    mimeType: 'image/heic',
    buffer: Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic'),
  });
  await page.locator('[part=error]').waitFor();
  assert.match(await errorShown(page), /file type isn’t supported.*JPEG/s);
  const { buffer } = await asFile(example('cat'), 'cat.png');
  await choose(page, { name: 'cut.png', mimeType: 'image/png', buffer: buffer.subarray(0, buffer.length / 2) });
  await page.locator('strong', { hasText: 'damaged or incomplete' }).waitFor();
  assert.deepEqual(
    (await events()).map(({ detail }) => detail.code),
    ['image-unsupported', 'image-undecodable'],
  );
  await close();
});

test('an unreachable Worker and one that refuses this origin have different messages', here, async () => {
  const { page, events, close } = await open();
  const answers = async (endpoint: string) => {
    await page.evaluate((address) => {
      document.querySelector('glimpse-classify')!.endpoint = address;
    }, endpoint);
    await choose(page, example('cat'));
    await page.locator('[part=progress]').waitFor({ state: 'detached', timeout: 50_000 });
    return errorShown(page);
  };
  assert.match(await answers('http://127.0.0.1:9'), /127\.0\.0\.1:9 is not responding.*Check your connection/s);
  // A server without CORS: the one for the pages, under another host name.
  const other = fixture!.origin.replace('127.0.0.1', 'localhost');
  assert.match(await answers(other), new RegExp(`does not allow calls from ${fixture!.origin}.*key’s origins`, 's'));
  assert.deepEqual(
    (await events()).map(({ detail }) => detail.code),
    ['unreachable', 'origin-refused'],
  );
  await close();
});

test('an invalid endpoint is an error, not a call to another host', here, async () => {
  const { page, close } = await fixture!.open(
    `${fixture!.script}<glimpse-classify endpoint="http://:"></glimpse-classify>`,
  );
  await choose(page, example('cat'));
  await page.locator('[part=error]').waitFor();
  assert.match(await errorShown(page), /http:\/\/: is not responding/);
  await close();
});

test('an uncertain answer is announced as "not sure"', here, async () => {
  const { page, close } = await open();
  await listen(page);
  await page.route(CLASSIFY, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), uncertain: true } });
  });
  await choose(page, example('cat'));
  await page.locator('[part=unsure]').waitFor();
  assert.match((await said(page))[1]!, /^Not sure\. Closest match: cat, /);
  await close();
});

test('two widgets on a page are independent, and a script included twice defines the element once', here, async () => {
  const { page, events, complaints, close } = await fixture!.open(
    `${fixture!.script}${tag('id="one"')}${tag('id="two" top-k="1"')}
     <script type="module" src="${fixture!.endpoint}/widget.js"></script>
     <script type="module" src="${fixture!.scriptUrl}?again"></script>`,
  );
  await page.locator('#one input').setInputFiles(example('cat'));
  await page.locator('#two input').setInputFiles(example('ship'));
  await page.waitForFunction('heard.length === 2');
  assert.equal(await page.locator('#one [part=label]').first().textContent(), 'cat');
  assert.equal(await page.locator('#two [part=label]').textContent(), 'ship');
  assert.deepEqual((await events()).map(({ widget }) => widget).sort(), ['one', 'two']);
  assert.deepEqual(complaints, []);
  await close();
});

test('it is a form field: value, name, required, reset, and disabled by a fieldset', here, async () => {
  const { page, close } = await fixture!.open(
    `${fixture!.script}<form><fieldset>${tag('name="animal" required')}</fieldset><button>Go</button></form>`,
  );
  const value = () => page.evaluate(() => new FormData(document.querySelector('form')!).get('animal'));
  const valid = () => page.evaluate(() => document.querySelector('form')!.checkValidity());
  assert.deepEqual([await value(), await valid()], [null, false]);
  await choose(page, example('cat'));
  await best(page);
  assert.deepEqual([await value(), await valid()], ['cat', true]);
  // While an image is classified, there is no value, not even the previous one.
  await page.route(CLASSIFY, () => {});
  await choose(page, example('dog'));
  await page.locator('[part=progress]').waitFor();
  assert.deepEqual([await value(), await valid()], [null, false]);
  await page.evaluate(() => document.querySelector('form')!.reset());
  await page.locator('[part=progress]').waitFor({ state: 'detached' });
  assert.equal(await page.locator('canvas').isVisible(), false);
  await page.evaluate(() => {
    document.querySelector('fieldset')!.disabled = true;
  });
  await page.locator('[part~=choose]:disabled').waitFor();
  await close();
});

test('a page can pass an image and await its answer', here, async () => {
  const { page, close } = await open();
  const { buffer } = await asFile(example('bird'), 'bird');
  const [value, result] = await page.evaluate(async (base64) => {
    const widget = document.querySelector('glimpse-classify')!;
    await widget.classify(new Blob([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))]));
    return [widget.value, widget.result?.predictions.length];
  }, buffer.toString('base64'));
  assert.deepEqual([value, result], ['bird', 5]);
  await close();
});

test('a correction sends the label, and the image only with consent', here, async () => {
  const { page, close } = await open('feedback');
  const bodies: { id: string; label: string; image?: string; consent?: boolean }[] = [];
  await page.route('**/v1/feedback', (route) => {
    bodies.push(route.request().postDataJSON());
    return route.fulfill({ status: 201, headers: { 'Access-Control-Allow-Origin': '*' }, json: { id: 'f1' } });
  });
  const correct = async (consent: boolean) => {
    await choose(page, example('cat'));
    await page.locator('[part~=correct]').click();
    await page.locator('option[value=truck]').waitFor({ state: 'attached' });
    await page.locator('select').selectOption('truck');
    const box = page.getByRole('checkbox');
    assert.equal(await box.isChecked(), false, 'consent is off by default');
    if (consent) await box.check();
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('[part=note]', { hasText: 'Thanks' }).waitFor();
    // The form is removed, but the focus is not lost.
    assert.equal(await page.evaluate('document.activeElement.shadowRoot.activeElement.id'), 'choose');
  };
  await correct(false);
  await correct(true);
  assert.deepEqual(
    bodies.map(({ label, consent }) => [label, consent]),
    [
      ['truck', undefined],
      ['truck', true],
    ],
  );
  assert.ok(bodies[0]!.id && bodies[0]!.id !== bodies[1]!.id);
  assert.equal(bodies[0]!.image, undefined);
  const { buffer } = await asFile(example('cat'), 'cat.png');
  assert.equal(bodies[1]!.image, `data:image/png;base64,${buffer.toString('base64')}`);
  await page.unroute('**/v1/feedback');
  await page.route('**/v1/feedback', problem(503, 'busy'));
  await choose(page, example('cat'));
  await page.locator('[part~=correct]').click();
  await page.locator('select').selectOption('dog');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('[part=correction] [part=error]').waitFor();
  assert.ok(await page.locator('select').isVisible(), 'the form keeps its input');
  await close();
});

for (const [lang, right] of [
  ['en', 'Yes, right'],
  ['de', 'Ja, stimmt'],
  ['ko', '네, 맞아요'],
] as const) {
  test(
    `${lang}: no label is preselected in the correction, and none is sent until the user chooses one`,
    here,
    async () => {
      const { page, close } = await open(`feedback lang="${lang}"`);
      const labels: string[] = [];
      await page.route('**/v1/feedback', (route) => {
        labels.push(route.request().postDataJSON().label);
        return route.fulfill({ status: 201, headers: { 'Access-Control-Allow-Origin': '*' }, json: { id: 'f1' } });
      });
      await choose(page, example('cat'));
      await page.locator('[part~=correct]').click();
      await waitForFocus(page, 'select');
      assert.equal(await page.locator('select').inputValue(), '');
      assert.equal(await page.locator('select').evaluate((select: HTMLSelectElement) => select.required), true);
      await page.locator('[part~=send]').click();
      await page.locator('option[value=truck]').waitFor({ state: 'attached' });
      assert.equal(await page.locator('select').inputValue(), '', 'the labels that arrive later select nothing');
      await page.locator('[part~=send]').click();
      assert.equal(
        await page.locator('select').evaluate((select: HTMLSelectElement) => select.matches(':invalid')),
        true,
      );
      assert.deepEqual(labels, []);
      await page.locator('select').selectOption('dog');
      // A form that is opened again is empty again.
      await page.locator('[part~=correct]').click();
      await page.locator('[part~=correct]').click();
      assert.equal(await page.locator('select').inputValue(), '');
      await page.getByRole('button', { name: right, exact: true }).click();
      await page.locator('[part=results] [part=note]').waitFor();
      assert.deepEqual(labels, ['cat'], 'the predicted label is positive feedback');
      await close();
    },
  );
}

test('if "Yes, right" cannot be sent, the widget says so and the button can be pressed again', here, async () => {
  const { page, close } = await open('feedback');
  await page.route('**/v1/feedback', problem(503, 'busy'));
  await choose(page, example('cat'));
  await page.locator('[part~=right]').click();
  await page.locator('[part=results] [part=error]').waitFor();
  assert.equal(await page.locator('select').count(), 0);
  await page.unroute('**/v1/feedback');
  await page.route('**/v1/feedback', (route) =>
    route.fulfill({ status: 201, headers: { 'Access-Control-Allow-Origin': '*' }, json: { id: 'f1' } }),
  );
  await page.locator('[part~=right]').click();
  await page.locator('[part=note]', { hasText: 'Thanks' }).waitFor();
  await close();
});
