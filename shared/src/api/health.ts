/** Answers of `GET /healthz` and `GET /readyz`. */
import * as z from 'zod/mini';

export const livenessSchema = z.object({ alive: z.literal(true) });

export const readinessSchema = z.object({
  ready: z.literal(true),
  model: z.object({ name: z.string(), version: z.string(), channel: z.nullable(z.string()) }),
  backend: z.enum(['wasm', 'cpu']),
  /** Why WebAssembly did not start. Without it, answers take about twenty times as long. */
  backendReason: z.optional(z.string()),
  /** Whether the last good release answers because the new one or the store fails. */
  lastGood: z.boolean(),
  lastGoodReason: z.optional(z.string()),
  canary: z.optional(
    z.object({
      version: z.string(),
      /** Of the callers that name neither channel nor version. */
      percent: z.number(),
      /** Whether its network is loaded in this isolate. */
      loaded: z.boolean(),
      /** Why its callers get `stable` from this isolate. */
      reason: z.optional(z.string()),
    }),
  ),
  /** Number of live tensors. All belong to loaded networks; a number that grows is a leak. */
  tensors: z.int(),
  tensorBytes: z.int(),
  /** Bytes of bodies that requests hold now; they count against BODY_BUDGET_BYTES. */
  heldBytes: z.int(),
  /** `required`, or a warning that no keys are required. */
  keys: z.string(),
  /** The rate limits that are not bound and so do not apply. */
  limitsMissing: z.optional(z.string()),
  /** `verified`, or a warning that signatures are not verified. */
  signatures: z.string(),
});

export type Readiness = z.infer<typeof readinessSchema>;
