import { startWasm } from '@glimpse/training/engines/wasm/start';
import { trainingBehavior } from './training.contract.ts';

await trainingBehavior(await startWasm());
