/** What the starter release answers, shortened: shown by several routes. */
const version = '20261125T0915Z-12702b91';

export const classification = {
  id: '3f0e6f9a-7c1d-4b52-9a41-0c7f0b8e2d11',
  model: { name: 'cifar10', version, channel: 'stable' },
  predictions: [
    { label: 'cat', index: 3, score: 0.9632340669631958 },
    { label: 'dog', index: 5, score: 0.028299612924456596 },
  ],
  image: { format: 'png', width: 32, height: 32 },
};

const labels = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
const hash = '80387ddb9a0edf3fc4a964ee3770296169bb26a651050df20035579673099660';

export const release = {
  formatVersion: 1,
  minimumRunner: 1,
  model: 'cifar10',
  version,
  labels,
  input: { height: 32, width: 32, channels: 3, fit: 'stretch', mean: [0, 0, 0], standardDeviation: [1, 1, 1] },
  architecture: { name: 'cifar10-tutorial', parameters: 684746, multiplyAdds: 15764096 },
  data: { name: 'cifar10', fingerprint: hash, train: 50000, test: 10000 },
  run: {
    id: '20261125T090425Z-cifar10-tutorial-s1',
    command: 'glimpse train --engine tensorflow --seed 1',
    seed: 1,
    epochs: 10,
    engine: {
      name: 'tensorflow',
      device: 'cpu',
      deviceName: 'Intel(R) Xeon(R) Processor',
      threads: 2,
      versions: { tensorflow: '2.21.0', tfjs: '4.22.0', node: '24.21.0' },
    },
    revision: '5e364468e66fdd2c14eb9a33c30611ca17fa4d51',
    startedAt: '2026-11-25T09:04:25.273Z',
    endedAt: '2026-11-25T09:15:44.766Z',
  },
  quantization: 'uint8',
  metrics: {
    float: { pictures: 10000, correct: 7436, accuracy: 0.7436, loss: 0.8362595958967186 },
    quantized: { pictures: 10000, correct: 7437, accuracy: 0.7437, loss: 0.8366289844793541 },
  },
  files: [
    { path: 'model.json', size: 4127, sha256: hash },
    { path: 'weights.bin', size: 686808, sha256: hash },
  ],
};
