import { startWasm } from '@glimpse/training/engines/wasm/start';
import { trainingBehaviour } from './training-behaviour.ts';

await trainingBehaviour(await startWasm());
