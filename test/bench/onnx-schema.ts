/**
 * The messages of the ONNX format that an inference model needs, with the field numbers of
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3.
 */
import protobuf from 'protobufjs/light.js';

const string = (id: number) => ({ id, type: 'string' });
const strings = (id: number) => ({ id, type: 'string', rule: 'repeated' });
const int64 = (id: number) => ({ id, type: 'int64' });
const int64s = (id: number) => ({ id, type: 'int64', rule: 'repeated' });
const message = (id: number, type: string) => ({ id, type });
const messages = (id: number, type: string) => ({ id, type, rule: 'repeated' });

const root = protobuf.Root.fromJSON({
  nested: {
    ModelProto: {
      fields: {
        irVersion: int64(1),
        producerName: string(2),
        graph: message(7, 'GraphProto'),
        opsetImport: messages(8, 'OperatorSetIdProto'),
      },
    },
    OperatorSetIdProto: { fields: { domain: string(1), version: int64(2) } },
    GraphProto: {
      fields: {
        node: messages(1, 'NodeProto'),
        name: string(2),
        initializer: messages(5, 'TensorProto'),
        input: messages(11, 'ValueInfoProto'),
        output: messages(12, 'ValueInfoProto'),
      },
    },
    NodeProto: {
      fields: {
        input: strings(1),
        output: strings(2),
        name: string(3),
        opType: string(4),
        attribute: messages(5, 'AttributeProto'),
      },
    },
    AttributeProto: {
      fields: {
        name: string(1),
        f: { id: 2, type: 'float' },
        i: int64(3),
        s: { id: 4, type: 'bytes' },
        ints: int64s(8),
        type: { id: 20, type: 'int32' },
      },
    },
    TensorProto: {
      fields: {
        dims: int64s(1),
        dataType: { id: 2, type: 'int32' },
        name: string(8),
        rawData: { id: 9, type: 'bytes' },
      },
    },
    ValueInfoProto: { fields: { name: string(1), type: message(2, 'TypeProto') } },
    TypeProto: { fields: { tensorType: message(1, 'TensorTypeProto') } },
    TensorTypeProto: { fields: { elemType: { id: 1, type: 'int32' }, shape: message(2, 'TensorShapeProto') } },
    TensorShapeProto: { fields: { dim: messages(1, 'DimensionProto') } },
    DimensionProto: { fields: { dimValue: int64(1), dimParam: string(2) } },
  },
});

const model = root.lookupType('ModelProto');

/** TensorProto.DataType */
export const FLOAT = 1;

export interface NodeProto {
  readonly opType: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly object[];
}

export interface TensorProto {
  readonly name: string;
  readonly dims: readonly number[];
  readonly dataType: number;
  readonly rawData: Uint8Array;
}

export interface ValueInfoProto {
  readonly name: string;
  readonly type: object;
}

/** A string is the name of a dimension that is known only at run time. */
export function valueInfo(name: string, shape: readonly (number | string)[]): ValueInfoProto {
  const dim = shape.map((length) => (typeof length === 'number' ? { dimValue: length } : { dimParam: length }));
  return { name, type: { tensorType: { elemType: FLOAT, shape: { dim } } } };
}

/** AttributeProto with its type: 1 float, 2 int, 3 string, 7 list of ints. */
export function attribute(name: string, value: number | string | readonly number[]): object {
  if (typeof value === 'number') {
    return Number.isInteger(value) ? { name, i: value, type: 2 } : { name, f: value, type: 1 };
  }
  if (typeof value === 'string') return { name, s: new TextEncoder().encode(value), type: 3 };
  return { name, ints: value, type: 7 };
}

export interface Graph {
  readonly name: string;
  readonly node: readonly NodeProto[];
  readonly initializer: readonly TensorProto[];
  readonly input: readonly ValueInfoProto[];
  readonly output: readonly ValueInfoProto[];
}

/** @returns the bytes of a .onnx file, IR version 8, operator set 13 */
export function encodeModel(graph: Graph): Uint8Array<ArrayBuffer> {
  const bytes = model
    .encode(model.fromObject({ irVersion: 8, producerName: 'glimpse', opsetImport: [{ version: 13 }], graph }))
    .finish();
  return new Uint8Array(bytes);
}
