/**
 * Profiles an eager step by TensorFlow operation. tfjs-node has no access to TensorFlow's profiler, so each operation is
 * timed at the binding: on a CPU it has finished when the call returns. (A recorded step runs the same operations, some of
 * them in parallel or fused.)
 */
import { type Binding, tensorFlow } from '@glimpse/training/engines/tensorflow/binding';
import type { ProfileAnswer } from './protocol.ts';

export function profileSteps(step: () => void, count: number): ProfileAnswer {
  step();
  const times = new Map<string, { calls: number; ms: number }>();
  const backend = tensorFlow();
  const { binding } = backend;
  const timed: Binding['executeOp'] = (name, ...rest) => {
    const started = performance.now();
    const results = binding.executeOp(name, ...rest);
    const { calls, ms } = times.get(name) ?? { calls: 0, ms: 0 };
    times.set(name, { calls: calls + 1, ms: ms + performance.now() - started });
    return results;
  };
  backend.binding = Object.create(binding, { executeOp: { value: timed } }) as Binding;
  const started = performance.now();
  try {
    for (let run = 0; run < count; run++) step();
  } finally {
    backend.binding = binding;
  }
  const stepMs = (performance.now() - started) / count;
  const operations = [...times]
    .map(([name, { calls, ms }]) => ({ name, calls: calls / count, ms: ms / count }))
    .sort((a, b) => b.ms - a.ms);
  return { stepMs, operations };
}
