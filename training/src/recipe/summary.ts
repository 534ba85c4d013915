/** Summarizes an architecture like Keras' `model.summary()`, with multiply-adds and warnings. */
import { type Architecture, inferShapes, type ShapedLayer } from '@glimpse/shared/model/network/architecture';
import type { Shape } from '@glimpse/shared/model/network/layer';
import { type NetworkWarning, networkWarnings } from '@glimpse/shared/model/network/network-warnings';

export interface Summary {
  readonly name: string;
  /** Without the batch dimension. */
  readonly inputShape: Shape;
  readonly layers: readonly {
    readonly name: string;
    readonly type: string;
    readonly outputShape: Shape;
    readonly parameters: number;
    /** Per image. */
    readonly multiplyAdds: number;
    readonly connectedTo: readonly string[];
  }[];
  /** False for a sequential model. */
  readonly graph: boolean;
  readonly parameters: { readonly total: number; readonly trainable: number; readonly nonTrainable: number };
  readonly multiplyAdds: number;
  readonly warnings: readonly NetworkWarning[];
}

export function summarize(architecture: Architecture): Summary {
  const shaped = inferShapes(architecture);
  const sum = (of: (layer: ShapedLayer) => number) => shaped.reduce((total, layer) => total + of(layer), 0);
  const total = sum(({ parameters }) => parameters);
  const trainable = sum(({ trainableParameters }) => trainableParameters);
  return {
    name: architecture.name,
    inputShape: architecture.inputShape,
    layers: shaped.map(({ layer, inputs, outputShape, parameters, multiplyAdds }) => ({
      name: layer.config.name,
      type: layer.className,
      outputShape,
      parameters,
      multiplyAdds,
      connectedTo: inputs,
    })),
    graph: architecture.layers.some(({ inputs }) => inputs),
    parameters: { total, trainable, nonTrainable: total - trainable },
    multiplyAdds: sum(({ multiplyAdds }) => multiplyAdds),
    warnings: networkWarnings(architecture),
  };
}

/** The table as Keras prints it, with a column of multiply-adds, then the warnings. */
export function describeSummary({ name, inputShape, layers, graph, ...summary }: Summary): string {
  const header = ['Layer (type)', 'Output Shape', 'Param #', 'Multiply-adds', ...(graph ? ['Connected to'] : [])];
  const input = ['input (InputLayer)', keras(inputShape), '0', '0', ...(graph ? ['-'] : [])];
  const rows = layers.map((layer) => [
    `${layer.name} (${layer.type})`,
    keras(layer.outputShape),
    grouped(layer.parameters),
    grouped(layer.multiplyAdds),
    ...(graph ? [layer.connectedTo.join(', ')] : []),
  ]);
  const table = aligned([header, ...(graph ? [input] : []), ...rows]);
  const [head, ...body] = table;
  const width = Math.max(...table.map((line) => line.length));
  const { total, trainable, nonTrainable } = summary.parameters;
  return [
    `Model: "${name}"`,
    '_'.repeat(width),
    head,
    '='.repeat(width),
    ...body,
    '='.repeat(width),
    `Total params: ${grouped(total)} (${memorySize(total)})`,
    `Trainable params: ${grouped(trainable)} (${memorySize(trainable)})`,
    `Non-trainable params: ${grouped(nonTrainable)} (${memorySize(nonTrainable)})`,
    `Multiply-adds of one image: ${grouped(summary.multiplyAdds)}`,
    ...(summary.warnings.length > 0 ? [''] : []),
    ...summary.warnings.map(({ message }) => `Warning: ${message}`),
  ].join('\n');
}

/** Right-aligns columns 2 and 3 (from 0), which are numbers. */
function aligned(rows: readonly string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 2 || column === 3 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd(),
  );
}

function keras(shape: Shape): string {
  return `(None, ${shape.join(', ')})`;
}

/** 684746 → 684,746, regardless of the locale. */
function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

/** The size of float32 parameters, in Keras 3's units. */
function memorySize(parameters: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let size = parameters * 4;
  let unit = 0;
  for (; size >= 1024 && unit < units.length - 1; unit++) size /= 1024;
  return `${size.toFixed(2)} ${units[unit]}`;
}
