/** The verbs of the command line. A new verb is one file here and one row of this table. */
import type { Command } from 'commander';

export interface Verb {
  readonly name: string;
  readonly summary: string;
  /** Imports the verb's file: `glimpse` loads only the verb that is called. */
  readonly load: () => Promise<() => Command>;
}

/** In the order of `glimpse --help`. */
export const verbs: readonly Verb[] = [
  {
    name: 'doctor',
    summary: 'show what this machine has and lacks for training',
    load: async () => (await import('./doctor.ts')).doctorCommand,
  },
  {
    name: 'engine',
    summary: 'install the TensorFlow engine',
    load: async () => (await import('./engine.ts')).engineCommand,
  },
  {
    name: 'data',
    summary: 'download a data set, or decode an image folder and describe it; both are cached',
    load: async () => (await import('./data.ts')).dataCommand,
  },
  {
    name: 'summary',
    summary: "print an architecture's layers, output shapes, parameters and multiply-adds",
    load: async () => (await import('./summary.ts')).summaryCommand,
  },
  {
    name: 'train',
    summary: 'train a network; writes a run folder with a checkpoint after each epoch',
    load: async () => (await import('./train.ts')).trainCommand,
  },
  {
    name: 'evaluate',
    summary: "measure a run or a release on its test set, with the Worker's runner",
    load: async () => (await import('./evaluate.ts')).evaluateCommand,
  },
  {
    name: 'predict',
    summary: "classify images with the Worker's decoders and runner",
    load: async () => (await import('./predict.ts')).predictCommand,
  },
  {
    name: 'report',
    summary: 'measure a run as float32 and in every quantization; write one HTML page and plots',
    load: async () => (await import('./report.ts')).reportCommand,
  },
  {
    name: 'runs',
    summary: 'list and compare runs',
    load: async () => (await import('./runs.ts')).runsCommand,
  },
  {
    name: 'quantize',
    summary: 'quantize a finished run into its release/ folder and measure the accuracy before and after',
    load: async () => (await import('./quantize.ts')).quantizeCommand,
  },
  {
    name: 'gate',
    summary: 'measure a release against its bounds, and against the live release on the same images',
    load: async () => (await import('./gate.ts')).gateCommand,
  },
  {
    name: 'publish',
    summary: 'upload a release to the store and point a channel at it',
    load: async () => (await import('./publish.ts')).publishCommand,
  },
  {
    name: 'upload',
    summary: 'store a release from a machine without credentials; moves no channel',
    load: async () => (await import('./upload.ts')).uploadCommand,
  },
  {
    name: 'releases',
    summary: 'inspect published releases and move channels between them',
    load: async () => (await import('./releases/releases.ts')).releasesCommand,
  },
  {
    name: 'signing-keys',
    summary: 'create keys that sign releases',
    load: async () => (await import('./signing-keys.ts')).signingKeysCommand,
  },
  {
    name: 'keys',
    summary: 'create, list and revoke the API keys of the Worker',
    load: async () => (await import('./keys/keys.ts')).keysCommand,
  },
  {
    name: 'feedback',
    summary: 'inspect feedback on answers and pull it as training data',
    load: async () => (await import('./feedback/feedback.ts')).feedbackCommand,
  },
  {
    name: 'import',
    summary: 'turn a model that Keras 2 or 3 saved with model.save("FILE.h5") into a run',
    load: async () => (await import('./import.ts')).importCommand,
  },
  {
    name: 'export',
    summary: 'write a run or a release as a model file for Keras (h5) or TensorFlow.js (tfjs)',
    load: async () => (await import('./export.ts')).exportCommand,
  },
];
