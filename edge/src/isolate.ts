/** The state of an isolate, shared by all its requests. Created for the first of them. */
import { type AnswerSigner, answerSigner } from '@glimpse/shared/feedback/answer-id';
import { createImageReader, type ImageCodecs, type ReadImage } from '@glimpse/shared/image/read-image';
import type { ObjectStore } from '@glimpse/shared/store/object-store';
import { type Access, openAccess } from './access/access.ts';
import { ByteBudget } from './body/byte-budget.ts';
import { readEnvironment, type Settings } from './environment.ts';
import { ModelCache } from './model/model-cache.ts';
import { Models } from './model/models.ts';
import { WorkQueue } from './model/queue.ts';
import { Runtime } from './model/runtime/runtime.ts';
import { UNVERIFIED } from './model/trust.ts';
import { logError, logWarning } from './observability/log.ts';
import { releaseCopies } from './store/copies.ts';

export interface Isolate {
  readonly settings: Settings;
  readonly budget: ByteBudget;
  readonly queue: WorkQueue;
  readonly models: Models;
  readonly modelCache: ModelCache;
  readonly runtime: Runtime;
  readonly readImage: ReadImage;
  /** Keys and feedback; undefined if no bucket for them is configured. */
  readonly accountStore: ObjectStore | undefined;
  readonly access: Access;
  /** Signs the ids of answers; undefined if feedback is off. */
  readonly signer: AnswerSigner | undefined;
}

/** The .wasm files that the Worker imports, compiled. */
export interface WasmModules extends ImageCodecs {
  readonly simd: WebAssembly.Module;
}

/** @throws {ConfigurationError} */
export function createState(env: Readonly<Record<string, unknown>>, wasm: WasmModules): Isolate {
  const settings = readEnvironment(env);
  const { limits, trust } = settings;
  const deadlineMs = limits.STORE_DEADLINE_SECONDS * 1000;
  if (trust.keys === '') logWarning('signatures', UNVERIFIED);
  const runtime = new Runtime({ simd: wasm.simd, maxBytes: limits.MAX_RUNTIME_BYTES });
  const accountStore = settings.accountStore?.({ deadlineMs });
  const modelCache = new ModelCache(runtime);
  return {
    settings,
    runtime,
    modelCache,
    budget: new ByteBudget(limits.BODY_BUDGET_BYTES, limits.MAX_BODY_BYTES),
    queue: new WorkQueue({ maxWaiting: limits.MAX_WAITING }),
    models: new Models({
      store: settings.releaseStore({ deadlineMs }),
      copies: releaseCopies(),
      trust,
      cache: modelCache,
      defaultModel: settings.defaultModel,
      revalidateMs: limits.REVALIDATE_SECONDS * 1000,
      deadlineMs,
      maxBackoffMs: limits.MAX_BACKOFF_SECONDS * 1000,
      report: logError,
    }),
    readImage: createImageReader(wasm),
    accountStore,
    access: openAccess(settings.access, { accountStore, cacheMs: limits.KEY_CACHE_SECONDS * 1000, report: logError }),
    signer: settings.feedback.secrets.length > 0 ? answerSigner(settings.feedback.secrets) : undefined,
  };
}
