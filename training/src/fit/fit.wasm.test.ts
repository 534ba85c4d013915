import { startWasm } from '../engines/wasm/start.ts';
import { fitBehavior } from '../testing/fit.contract.ts';

const engine = await startWasm();
fitBehavior(() => engine);
