/**
 * Writes a graph as a SavedModel, the only graph format that tfjs-node loads. The messages and field numbers come from
 * TensorFlow's saved_model.proto, graph.proto, node_def.proto, attr_value.proto and tensor.proto.
 */
import protobuf from 'protobufjs/light.js';

const repeated = (id: number, type: string) => ({ id, type, rule: 'repeated' });
const one = (id: number, type: string) => ({ id, type });

const root = protobuf.Root.fromJSON({
  nested: {
    SavedModel: { fields: { schemaVersion: one(1, 'int64'), metaGraphs: repeated(2, 'MetaGraph') } },
    MetaGraph: { fields: { info: one(1, 'MetaInfo'), graph: one(2, 'Graph') } },
    MetaInfo: { fields: { tags: repeated(4, 'string') } },
    Graph: { fields: { node: repeated(1, 'Node'), versions: one(4, 'Versions') } },
    Versions: { fields: { producer: one(1, 'int32') } },
    Node: {
      fields: {
        name: one(1, 'string'),
        op: one(2, 'string'),
        input: repeated(3, 'string'),
        attr: { id: 5, keyType: 'string', type: 'Attr' } as protobuf.IMapField,
      },
    },
    Attr: {
      oneofs: { value: { oneof: ['list', 's', 'i', 'f', 'b', 'type', 'shape', 'tensor'] } },
      fields: {
        list: one(1, 'AttrList'),
        s: one(2, 'bytes'),
        i: one(3, 'int64'),
        f: one(4, 'float'),
        b: one(5, 'bool'),
        type: one(6, 'int32'),
        shape: one(7, 'Shape'),
        tensor: one(8, 'Tensor'),
      },
    },
    AttrList: { fields: { i: repeated(3, 'int64') } },
    Shape: { fields: { dim: repeated(2, 'Dimension') } },
    Dimension: { fields: { size: one(1, 'int64') } },
    Tensor: { fields: { dtype: one(1, 'int32'), shape: one(2, 'Shape'), content: one(4, 'bytes') } },
  },
});

const savedModel = root.lookupType('SavedModel');

/** The graph version that TensorFlow 2.x writes. Lower ones select older behavior of operations. */
const PRODUCER = 2000;

/** One field of TensorFlow's AttrValue. */
export type AttributeValue =
  | { readonly s: Uint8Array }
  | { readonly i: number }
  | { readonly f: number }
  | { readonly b: boolean }
  | { readonly type: number }
  | { readonly list: { readonly i: readonly number[] } }
  | { readonly shape: ShapeMessage }
  | { readonly tensor: { readonly dtype: number; readonly shape: ShapeMessage; readonly content: Uint8Array } };

interface ShapeMessage {
  readonly dim: readonly { readonly size: number }[];
}

export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** `name:output`; `^name` is a control input, which waits for a node without using its output. */
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, AttributeValue>>;
}

export function shapeMessage(shape: readonly number[]): ShapeMessage {
  return { dim: shape.map((size) => ({ size })) };
}

/** @returns the bytes of a `saved_model.pb` with one graph tagged `serve` */
export function encodeSavedModel(nodes: readonly GraphNode[]): Uint8Array {
  const graph = { node: nodes, versions: { producer: PRODUCER } };
  const message = { schemaVersion: 1, metaGraphs: [{ info: { tags: ['serve'] }, graph }] };
  return savedModel.encode(savedModel.fromObject(message)).finish();
}
