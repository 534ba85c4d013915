/** A release's manifest as facts for people. */
import type { Manifest } from '@glimpse/shared/release/manifest';

export type Facts = readonly (readonly [name: string, value: string])[];

export function factsOf(manifest: Manifest): Facts {
  const { architecture, data, input, metrics, run } = manifest;
  const measured = metrics.quantized;
  const whole = new Intl.NumberFormat('en');
  const short = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
  const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 2 });
  return [
    ['Version', manifest.version],
    ['Accuracy', `${percent.format(measured.accuracy)} of ${whole.format(measured.pictures)} test images`],
    ['Network', `${architecture.name}, ${short.format(architecture.parameters)} parameters`],
    ['Multiply-adds an image', short.format(architecture.multiplyAdds)],
    ['Trained on', `${data.name}, ${whole.format(data.train)} images`],
    ['Sees', `${input.width} × ${input.height} pixels, ${input.channels === 3 ? 'in color' : 'in gray'}`],
    ['Weights', manifest.quantization],
    ['Trained', run.endedAt.slice(0, 10)],
  ];
}
