import { defineRecipe } from '@glimpse/training/recipe/recipe';

export default defineRecipe({
  architecture: {
    name: 'shapes',
    inputShape: [16, 16, 3],
    layers: [
      { className: 'Conv2D', config: { name: 'first', filters: 8, kernelSize: 3, padding: 'same', useBias: false } },
      { className: 'BatchNormalization', config: { momentum: 0.9 } },
      { className: 'Activation', config: { name: 'first_relu', activation: 'relu' } },
      { className: 'DepthwiseConv2D', config: { kernelSize: 3, padding: 'same' } },
      { className: 'Add', inputs: ['first_relu', 'depthwise_conv2d'] },
      { className: 'MaxPooling2D' },
      { className: 'Conv2D', config: { filters: 16, kernelSize: 3, padding: 'same', activation: 'relu' } },
      { className: 'GlobalMaxPooling2D' },
      { className: 'Dropout', config: { rate: 0.1 } },
      { className: 'Dense', config: { units: 3, activation: 'softmax' } },
    ],
  },
  settings: {
    epochs: 12,
    batchSize: 16,
    optimizer: { name: 'adamw', learningRate: 0.01, weightDecay: 0.001 },
    schedule: 'cosine',
    labelSmoothing: 0.05,
    classWeights: 'balanced',
    clipping: { globalNorm: 5 },
    augmentation: { flip: true, translate: 1 },
    earlyStopping: { monitor: 'val_loss', patience: 11 },
    keepBest: 'val_acc',
  },
});
