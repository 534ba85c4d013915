/** Memory of a widget that stays on a page for a long time. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { browserLacks } from './browser.ts';
import { type Fixture, openFixture } from './widget-fixture.ts';

const fixture: Fixture | undefined = browserLacks ? undefined : await openFixture();
after(() => fixture?.close());

test('memory after 200 classifications is about that after 20', {
  skip: browserLacks,
  timeout: 240_000,
}, async (t) => {
  const { page, context, close } = await fixture!.open(
    `${fixture!.script}<glimpse-classify endpoint="${fixture!.endpoint}"></glimpse-classify>`,
  );
  const devtools = await context.newCDPSession(page);
  await devtools.send('Performance.enable');
  const held = async () => {
    await devtools.send('HeapProfiler.collectGarbage');
    const { metrics } = await devtools.send('Performance.getMetrics');
    const of = (name: string) => metrics.find((metric) => metric.name === name)!.value;
    return { bytes: of('JSHeapUsedSize'), nodes: of('Nodes'), listeners: of('JSEventListeners') };
  };
  // A different half-megapixel photo each time.
  const classify = (times: number) =>
    page.evaluate(async (count) => {
      const widget = document.querySelector('glimpse-classify')!;
      const canvas = document.createElement('canvas');
      canvas.width = 800;
      canvas.height = 600;
      const context = canvas.getContext('2d')!;
      for (let i = 0; i < count; i++) {
        context.fillStyle = `hsl(${i * 7} 60% 50%)`;
        context.fillRect(0, 0, 800, 600);
        const photo = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg'));
        await widget.classify(photo!);
        if (!widget.value) throw new Error(`no answer to image ${i}`);
      }
      Object.assign(window, { heard: [] });
    }, times);
  await classify(20);
  const early = await held();
  await classify(180);
  const late = await held();
  t.diagnostic(`${JSON.stringify(early)} → ${JSON.stringify(late)}`);
  assert.ok(late.bytes - early.bytes < 500_000, `the heap grew by ${late.bytes - early.bytes} bytes`);
  assert.ok(late.nodes - early.nodes < 50, `${late.nodes - early.nodes} nodes more`);
  assert.ok(late.listeners - early.listeners < 20, `${late.listeners - early.listeners} listeners more`);
  await close();
});
