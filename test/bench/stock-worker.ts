/** A simple Worker for comparison: Hono, stock tfjs-layers on WASM, and jSquash's codecs. */
import jpeg from '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm';
import png from '@jsquash/png/codec/pkg/squoosh_png_bg.wasm';
import webp from '@jsquash/webp/codec/dec/webp_dec.wasm';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm';
import { Hono } from 'hono';
import { Runtime } from '../../edge/src/model/runtime/runtime.ts';
import type { Competitor } from './competitors/competitor.ts';
import { openDecoders } from './competitors/decoders.ts';
import { tfjsLayers } from './competitors/tfjs-layers.ts';

interface Bucket {
  get(key: string): Promise<{ text(): Promise<string>; arrayBuffer(): Promise<ArrayBuffer> }>;
}

const { jsquash } = openDecoders({ jpeg, png, webp });
let model: Promise<Competitor> | undefined;

const app = new Hono<{ Bindings: { RELEASES: Bucket } }>();
app.post('/v1/classify', async (c) => {
  model ??= load(c.env.RELEASES);
  const competitor = await model;
  const sent = new Uint8Array(await c.req.arrayBuffer());
  const pixels = c.req.header('Content-Type') === 'application/vnd.glimpse.rgb8' ? sent : await jsquash(sent);
  const scores = competitor.on(
    Float32Array.from(pixels, (value) => value / 255),
    1,
  )() as Float32Array;
  return c.json({ predictions: [...scores] });
});

async function load(bucket: Bucket): Promise<Competitor> {
  // Uses our backend, because stock tfjs cannot start its own in a Worker.
  await new Runtime({ simd, maxBytes: 2 ** 30 }).start();
  const channels = JSON.parse(await (await bucket.get('models/cifar10/channels.json')).text());
  const folder = `models/cifar10/${channels.channels.stable.version}`;
  const modelJson = await (await bucket.get(`${folder}/model.json`)).text();
  const weightsBin = await (await bucket.get(`${folder}/weights.bin`)).arrayBuffer();
  return tfjsLayers({ modelJson, weightsBin, onnx: new ArrayBuffer(0) });
}

export default app;
