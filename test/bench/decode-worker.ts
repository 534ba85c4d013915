/** decoders.ts in a Worker. `POST /open` uploads an image, `GET /time` measures with it. */
import jpeg from '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm';
import png from '@jsquash/png/codec/pkg/squoosh_png_bg.wasm';
import webp from '@jsquash/webp/codec/dec/webp_dec.wasm';
import { openDecoders } from './competitors/decoders.ts';
import { interleave } from './measure.ts';

const { glimpse, jsquash } = openDecoders({ jpeg, png, webp });
let image = new Uint8Array(0);

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === '/open') {
      image = new Uint8Array(await request.arrayBuffer());
      const ours = await glimpse(image);
      if (searchParams.get('alone') === 'true') return Response.json({ difference: null });
      const theirs = await jsquash(image);
      const difference = ours.reduce((sum, value, i) => sum + Math.abs(value - theirs[i]!), 0) / ours.length;
      return Response.json({ difference });
    }
    const number = (name: string) => Number(searchParams.get(name));
    const ours = { glimpse: () => glimpse(image) };
    const works = searchParams.get('alone') === 'true' ? ours : { ...ours, jsquash: () => jsquash(image) };
    const samples = await interleave<string>(works, {
      rounds: number('rounds'),
      slotMs: number('slotMs'),
      warmUpMs: number('warmUpMs'),
      now: () => performance.now(),
    });
    return Response.json(samples);
  },
};
