import { fitBehavior } from '@glimpse/test/support/training/fit.contract';
import { startWasm } from '../engines/wasm/start.ts';

const engine = await startWasm();
fitBehavior(() => engine);
