/** What `GET /healthz` and `GET /readyz` answer. */
import * as z from 'zod/mini';

export const livenessSchema = z.object({ alive: z.literal(true) });

export const readinessSchema = z.object({
  ready: z.literal(true),
  model: z.object({ name: z.string(), version: z.string(), channel: z.nullable(z.string()) }),
  backend: z.enum(['wasm', 'cpu']),
  /** Why WebAssembly did not start, so that answers take some twenty times as long. */
  backendReason: z.optional(z.string()),
  /** Whether the new release or the store fails, so that the last good release answers. */
  lastGood: z.boolean(),
  lastGoodReason: z.optional(z.string()),
  canary: z.optional(
    z.object({
      version: z.string(),
      /** Of the callers who name neither channel nor version. */
      percent: z.number(),
      /** Whether its network is loaded in this isolate. */
      loaded: z.boolean(),
      /** Why its callers get `stable` here. */
      reason: z.optional(z.string()),
    }),
  ),
  /** Alive: of the networks that are loaded, and no more. */
  tensors: z.int(),
  tensorBytes: z.int(),
  /** Of bodies that requests hold just now: what counts against BODY_BUDGET_BYTES. */
  heldBytes: z.int(),
  /** `required`, or that none are. */
  keys: z.string(),
  /** Which limits are not bound, so that there are none. */
  limitsMissing: z.optional(z.string()),
  /** `verified`, or why not. */
  signatures: z.string(),
});

export type Readiness = z.infer<typeof readinessSchema>;
