/** The widget on a page with a strict Content-Security-Policy. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { browserLacks } from './browser.ts';
import { example, type Fixture, openFixture } from './widget-fixture.ts';

const fixture: Fixture | undefined = browserLacks ? undefined : await openFixture();
after(() => fixture?.close());

const here = { skip: browserLacks, timeout: 60_000 };

const policy = (...more: string[]) => ({
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'nonce-once'",
    "require-trusted-types-for 'script'",
    'trusted-types lit-html',
    ...more,
  ].join('; '),
});

/** Runs before anything else on the page, so that no violation is missed. */
const head = `<script nonce="once">
  window.violations = [];
  const record = ({ effectiveDirective, blockedURI }) => violations.push(effectiveDirective + ' ' + blockedURI);
  addEventListener('securitypolicyviolation', record, true);
</script>`;

const open = (headers: Record<string, string>) =>
  fixture!.open(
    `${fixture!.script.replace('<script', '<script nonce="once"')}<glimpse-classify endpoint="${fixture!.endpoint}" capture feedback></glimpse-classify>`,
    { headers, head, permissions: ['camera'] },
  );

test("the whole widget works under default-src 'none' without a violation", here, async () => {
  const { page, complaints, close } = await open(policy(`connect-src ${fixture!.endpoint}`));
  await page.locator('input[type=file]').setInputFiles(example('cat'));
  await page.locator('[part=result]').first().waitFor();
  assert.ok(await page.locator('canvas').isVisible(), 'the preview is visible');
  const fill = page.locator('[part=fill]').first();
  const width = () => fill.evaluate((element) => element.getBoundingClientRect().width);
  // The bars are animated.
  const until = Date.now() + 5_000;
  while ((await width()) <= 50 && Date.now() < until) await page.waitForTimeout(20);
  assert.ok((await width()) > 50, 'the bars have their lengths');
  const radius = await page.locator('[part=base]').evaluate((base) => getComputedStyle(base).borderRadius);
  assert.notEqual(radius, '0px', 'the style sheet is adopted');
  await page.locator('[part~=correct]').click();
  await page.getByRole('button', { name: 'Camera' }).click();
  await page.waitForFunction(() => {
    const video = document.querySelector('glimpse-classify')?.shadowRoot?.querySelector('video');
    return video && video.videoWidth > 0;
  });
  await page.getByRole('button', { name: 'Take photo' }).click();
  await page.locator('[part=result]').first().waitFor();
  assert.deepEqual(await page.evaluate('violations'), []);
  assert.deepEqual(complaints, []);
  await close();
});

test('if the policy blocks the Worker, the message names the directive to extend', here, async () => {
  const { page, events, close } = await open(policy());
  await page.locator('input[type=file]').setInputFiles(example('cat'));
  await page.locator('[part=error]').waitFor();
  const text = (await page.locator('[part=error]').textContent())!;
  assert.ok(text.includes(fixture!.endpoint), text);
  assert.match(text, /connect-src in the Content-Security-Policy/);
  assert.equal((await events())[0]?.detail.code, 'blocked-by-policy');
  await close();
});
