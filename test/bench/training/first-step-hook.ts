/**
 * `node --import first-step-hook.ts … glimpse train`: prints `{}` after the first step and exits.
 */
import { writeSync } from 'node:fs';
import { Trainer } from '@glimpse/training/fit/trainer';

const { step } = Trainer.prototype;
Trainer.prototype.step = function (...args) {
  step.apply(this, args);
  writeSync(1, '\n{}\n');
  process.exit(0);
};
