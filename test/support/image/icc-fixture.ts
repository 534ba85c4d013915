/** ICC profiles for tests: matrix and curves, or gray. */

type Vector = readonly [number, number, number];

export interface IccFixture {
  model?: 'RGB ' | 'GRAY' | 'CMYK';
  /** The complete data of a tag: `curv`, `sampled` or `para`. */
  curve: Buffer;
  /** By channel, if they differ. */
  curves?: readonly [Buffer, Buffer, Buffer];
  colorants?: readonly [Vector, Vector, Vector];
  connection?: 'XYZ ' | 'Lab ';
  version?: 2 | 4;
}

export const colorants = {
  srgb: [
    [0.43607, 0.22249, 0.01392],
    [0.38515, 0.71687, 0.09708],
    [0.14307, 0.06061, 0.7141],
  ],
  displayP3: [
    [0.51512, 0.2412, -0.00105],
    [0.29198, 0.69225, 0.04189],
    [0.1571, 0.06657, 0.78407],
  ],
  adobeRgb: [
    [0.60974, 0.31111, 0.01947],
    [0.20528, 0.62567, 0.06087],
    [0.14919, 0.06322, 0.74457],
  ],
} as const satisfies Record<string, readonly [Vector, Vector, Vector]>;

/** A gamma as u8Fixed8, or the identity. */
export function curv(gamma?: number): Buffer {
  return gamma === undefined ? tag('curv', u32(0)) : tag('curv', u32(1), u16(Math.round(gamma * 256)));
}

export function sampled(points: number, curve: (value: number) => number): Buffer {
  const values = Array.from({ length: points }, (_, i) => u16(Math.round(curve(i / (points - 1)) * 65535)));
  return tag('curv', u32(points), ...values);
}

export function para(kind: number, ...parameters: number[]): Buffer {
  return tag('para', u16(kind), u16(0), ...parameters.map(s15));
}

/** sRGB's curve in ICC's parametric form. */
export const srgbPara = para(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045);

export function iccProfile(fixture: IccFixture): Uint8Array {
  const { model = 'RGB ', connection = 'XYZ ', version = 4, curve, curves = [curve, curve, curve] } = fixture;
  const [red, green, blue] = fixture.colorants ?? colorants.srgb;
  const tags: [string, Buffer][] = [
    ['desc', tag('text', Buffer.from('a test\0'))],
    ['cprt', tag('text', Buffer.from('none\0'))],
    ['wtpt', xyz([0.9642, 1, 0.8249])],
    ...(model === 'GRAY'
      ? ([['kTRC', curve]] satisfies [string, Buffer][])
      : ([
          ...([
            ['rXYZ', xyz(red)],
            ['gXYZ', xyz(green)],
            ['bXYZ', xyz(blue)],
          ] satisfies [string, Buffer][]),
          ...([
            ['rTRC', curves[0]],
            ['gTRC', curves[1]],
            ['bTRC', curves[2]],
          ] satisfies [string, Buffer][]),
        ] satisfies [string, Buffer][])),
  ];
  const header = Buffer.alloc(128);
  header.writeUInt8(version, 8);
  header.write('mntr', 12, 'latin1');
  header.write(model, 16, 'latin1');
  header.write(connection, 20, 'latin1');
  for (const [i, value] of [2026, 1, 1, 0, 0, 0].entries()) header.writeUInt16BE(value, 24 + i * 2);
  header.write('acsp', 36, 'latin1');
  xyz([0.9642, 1, 0.8249]).copy(header, 68, 8);
  let offset = 132 + tags.length * 12;
  const table = tags.flatMap(([name, data]) => {
    const entry = [Buffer.from(name, 'latin1'), u32(offset), u32(data.length)];
    offset += data.length;
    return entry;
  });
  header.writeUInt32BE(offset, 0);
  return new Uint8Array(Buffer.concat([header, u32(tags.length), ...table, ...tags.map(([, data]) => data)]));
}

function xyz(values: Vector): Buffer {
  return tag('XYZ ', ...values.map(s15));
}

/** Padded to a multiple of four, as profiles are. */
function tag(type: string, ...data: Buffer[]): Buffer {
  const whole = Buffer.concat([Buffer.from(type, 'latin1'), Buffer.alloc(4), ...data]);
  return Buffer.concat([whole, Buffer.alloc(-whole.length & 3)]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function s15(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(Math.round(value * 65536));
  return bytes;
}
