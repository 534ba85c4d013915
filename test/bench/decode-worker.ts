/** decoders.ts in a Worker. `POST /open` brings a picture, `GET /time` measures on it. */
import jpeg from '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm';
import png from '@jsquash/png/codec/pkg/squoosh_png_bg.wasm';
import { openDecoders } from './contestants/decoders.ts';
import { interleave } from './measure.ts';

const { glimpse, jsquash } = openDecoders({ jpeg, png });
let picture = new Uint8Array(0);

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === '/open') {
      picture = new Uint8Array(await request.arrayBuffer());
      const [ours, theirs] = [await glimpse(picture), await jsquash(picture)];
      const difference = ours.reduce((sum, value, i) => sum + Math.abs(value - theirs[i]!), 0) / ours.length;
      return Response.json({ difference });
    }
    const number = (name: string) => Number(searchParams.get(name));
    const samples = await interleave(
      { glimpse: () => glimpse(picture), jsquash: () => jsquash(picture) },
      {
        rounds: number('rounds'),
        slotMs: number('slotMs'),
        warmUpMs: number('warmUpMs'),
        now: () => performance.now(),
      },
    );
    return Response.json(samples);
  },
};
