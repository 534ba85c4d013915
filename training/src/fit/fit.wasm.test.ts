import { startWasm } from '../engines/wasm/start.ts';
import { fitBehaviour } from '../testing/fit-behaviour.ts';

const engine = await startWasm();
fitBehaviour(() => engine);
