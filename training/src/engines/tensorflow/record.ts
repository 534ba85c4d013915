/**
 * Records functions of tensors as one TensorFlow graph with its own session. Each function runs once eagerly, and every
 * operation that tfjs passes to TensorFlow becomes a node; the results of that run are discarded. From then on a whole
 * training step is one call: hundreds of dispatches disappear, and TensorFlow can schedule operations in parallel.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dispose, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Recorder, Tensors } from '../recorder.ts';
import type { Attribute, Binding, TensorMetadata } from './binding.ts';
import { tensorFlow } from './binding.ts';
import type { ResourceVariable } from './resource-variable.ts';
import { type AttributeValue, encodeSavedModel, type GraphNode, shapeMessage } from './saved-model.ts';

export const record: Recorder = (state, functions) => {
  const variables = state as readonly ResourceVariable[];
  const backend = tensorFlow();
  const { binding } = backend;
  const before = variables.map((variable) => variable.values());
  const graph = new Graph(binding, variables);
  const outputs = new Map<string, string[]>();
  try {
    for (const [name, { example, run }] of Object.entries(functions)) {
      outputs.set(name, graph.trace(name, example, run));
    }
  } finally {
    variables.forEach((variable, index) => {
      variable.restore(before[index]!);
    });
  }
  const session = openSession(binding, graph.nodes);
  const call = (inputs: Record<string, number>, requested: readonly string[]): TensorMetadata[] =>
    binding.runSavedModel(session, Object.values(inputs), Object.keys(inputs).join(','), requested.join(','));

  const initial = variables.map(({ shape }, index) => binding.createTensor(shape, binding.TF_FLOAT, before[index]!));
  const fed = Object.fromEntries(initial.map((id, index) => [`${initialName(index)}:0`, id]));
  for (const { id } of call(fed, [`${INITIALIZED}:0`])) binding.deleteTensor(id);
  for (const id of initial) binding.deleteTensor(id);

  return {
    run(name, inputs) {
      const names = Object.keys(inputs);
      const ids = backend.getInputTensorIds(Object.values(inputs));
      const fed = Object.fromEntries(names.map((input, index) => [`${inputName(name, input)}:0`, ids[index]!]));
      const requested = outputs.get(name)!;
      const results = call(
        fed,
        requested.map((output) => `${outputName(name, output)}:0`),
      );
      return Object.fromEntries(
        requested.map((output, index) => [output, backend.createOutputTensor(results[index]!)]),
      );
    },
    read() {
      // One at a time, so that the whole model is not copied twice in memory.
      return variables.map((_, index) => {
        const [{ id }] = call({}, [`${readName(index)}:0`]) as [TensorMetadata];
        const values = new Float32Array(binding.tensorDataSync(id) as Float32Array);
        binding.deleteTensor(id);
        return values;
      });
    },
    dispose: () => binding.deleteSavedModel(session),
  };
};

const INITIALIZED = 'initialized';
const variableName = (index: number) => `variable_${index}`;
const initialName = (index: number) => `initial_${index}`;
const readName = (index: number) => `value_${index}`;
const inputName = (name: string, input: string) => `${name}_in_${input}`;
const outputName = (name: string, output: string) => `${name}_out_${output}`;

function openSession(binding: Binding, nodes: readonly GraphNode[]): number {
  const folder = mkdtempSync(join(tmpdir(), 'glimpse-graph-'));
  try {
    writeFileSync(join(folder, 'saved_model.pb'), encodeSavedModel(nodes));
    return binding.loadSavedModel(folder, 'serve');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The nodes that must run before a variable may be accessed again. */
interface Accesses {
  readonly reads: string[];
  lastWrite?: string;
}

class Graph {
  readonly nodes: GraphNode[] = [];
  readonly #binding: Binding;
  /** The node output for each tensor handle. */
  readonly #outputs = new Map<number, string>();
  readonly #variables: ReadonlyMap<number, string>;

  constructor(binding: Binding, variables: readonly ResourceVariable[]) {
    this.#binding = binding;
    this.#variables = new Map(variables.map(({ handleId }, index) => [handleId, variableName(index)]));
    const type = { dtype: { type: binding.TF_FLOAT } };
    const assigned = variables.map(({ shape }, index) => {
      const attr = { ...type, shape: { shape: shapeMessage(shape) } };
      const name = variableName(index);
      this.nodes.push(
        { name, op: 'VarHandleOp', input: [], attr: { ...attr, shared_name: { s: encode(name) } } },
        { name: initialName(index), op: 'Placeholder', input: [], attr },
        { name: `assign_${index}`, op: 'AssignVariableOp', input: [name, initialName(index)], attr: type },
        { name: readName(index), op: 'ReadVariableOp', input: [name], attr: type },
      );
      return `^assign_${index}`;
    });
    this.#constant(INITIALIZED, binding.TF_INT32, [], new Int32Array(1), assigned);
  }

  /** @returns the names of the function's results */
  trace(name: string, example: Tensors, run: (inputs: Tensors) => Tensors): string[] {
    const backend = tensorFlow();
    const binding = this.#binding;
    this.#outputs.clear();
    for (const [handle, variable] of this.#variables) this.#outputs.set(handle, variable);
    const ids = backend.getInputTensorIds(Object.values(example));
    Object.entries(example).forEach(([input, tensor], index) => {
      const dtype = backend.tensorMap.get(tensor.dataId).dtype;
      this.nodes.push({
        name: inputName(name, input),
        op: 'Placeholder',
        input: [],
        attr: { dtype: { type: dtype }, shape: { shape: shapeMessage(tensor.shape) } },
      });
      this.#outputs.set(ids[index]!, inputName(name, input));
    });
    const accesses = new Map<string, Accesses>();
    let results: Tensors = {};
    backend.binding = this.#recordingBinding(name, accesses);
    try {
      results = tidy(() => run(example) as Record<string, Tensor>);
    } finally {
      backend.binding = binding;
    }
    // The results wait for all writes of the function.
    const writes = [...accesses.values()].flatMap(({ lastWrite }) => (lastWrite ? [`^${lastWrite}`] : []));
    for (const [output, tensor] of Object.entries(results)) {
      const [id] = backend.getInputTensorIds([tensor]);
      this.nodes.push({
        name: outputName(name, output),
        op: 'Identity',
        input: [this.#outputs.get(id!)!, ...writes],
        attr: { T: { type: backend.tensorMap.get(tensor.dataId).dtype } },
      });
    }
    dispose(results as Record<string, Tensor>);
    return Object.keys(results);
  }

  /** The binding, with hooks that record every call. */
  #recordingBinding(prefix: string, accesses: Map<string, Accesses>): Binding {
    const binding = this.#binding;
    let serial = 0;
    return Object.create(binding, {
      createTensor: {
        value: (shape: readonly number[], dtype: number, values: ArrayBufferView) => {
          const id = binding.createTensor(shape, dtype, values);
          this.#outputs.set(id, this.#constant(`${prefix}_constant_${serial++}`, dtype, shape, values));
          return id;
        },
      },
      tensorDataSync: {
        value: () => {
          throw new Error('A function that is being recorded cannot read the values of a tensor');
        },
      },
      executeOp: {
        value: (op: string, attributes: readonly Attribute[], inputs: readonly number[], count: number) => {
          const results = binding.executeOp(op, attributes, inputs, count);
          const node = `${prefix}_${op}_${serial++}`;
          const sources = inputs.map((id) => this.#outputs.get(id) ?? this.#capture(`${node}_input`, id));
          const variables = inputs.flatMap((id) => this.#variables.get(id) ?? []);
          const waits = new Set(variables.flatMap((variable) => this.#access(variable, node, op, accesses)));
          const attr = Object.fromEntries(attributes.map((one) => [one.name, this.#attribute(one)]));
          this.nodes.push({ name: node, op, input: [...sources, ...waits], attr });
          results.forEach(({ id }, index) => {
            this.#outputs.set(id, `${node}:${index}`);
          });
          return results;
        },
      },
    }) as Binding;
  }

  /** Keeps each variable's reads and writes in the order of the function. @returns control inputs of the node */
  #access(variable: string, node: string, op: string, accesses: Map<string, Accesses>): string[] {
    const before = accesses.get(variable) ?? { reads: [] };
    const waits = before.lastWrite ? [`^${before.lastWrite}`] : [];
    if (op === 'ReadVariableOp') {
      accesses.set(variable, { ...before, reads: [...before.reads, node] });
      return waits;
    }
    accesses.set(variable, { reads: [], lastWrite: node });
    return [...waits, ...before.reads.map((read) => `^${read}`)];
  }

  /** A tensor that was created before the recording becomes a constant. */
  #capture(name: string, id: number): string {
    const binding = this.#binding;
    // The copy has metadata (type and shape), which the handle alone does not.
    const [copy] = binding.executeOp('Identity', [], [id], 1) as [TensorMetadata];
    const values = binding.tensorDataSync(copy.id);
    this.#outputs.set(id, this.#constant(`${name}_${id}`, copy.dtype, copy.shape, values));
    binding.deleteTensor(copy.id);
    return this.#outputs.get(id)!;
  }

  #constant(
    name: string,
    dtype: number,
    shape: readonly number[],
    values: ArrayBufferView,
    input: readonly string[] = [],
  ): string {
    const content = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
    const tensor = { dtype, shape: shapeMessage(shape), content };
    this.nodes.push({ name, op: 'Const', input, attr: { dtype: { type: dtype }, value: { tensor } } });
    return name;
  }

  #attribute({ name, type, value }: Attribute): AttributeValue {
    const binding = this.#binding;
    switch (type) {
      case binding.TF_ATTR_STRING:
        return { s: encode(value as string) };
      case binding.TF_ATTR_INT:
        return Array.isArray(value) ? { list: { i: value } } : { i: value as number };
      case binding.TF_ATTR_FLOAT:
        return { f: value as number };
      case binding.TF_ATTR_BOOL:
        return { b: value as boolean };
      case binding.TF_ATTR_TYPE:
        return { type: value as number };
      case binding.TF_ATTR_SHAPE:
        return { shape: shapeMessage(value as number[]) };
    }
    throw new Error(`The attribute "${name}" has a type that recordings do not support`);
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
