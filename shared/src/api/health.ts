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
  /** `verified`, or why not. */
  signatures: z.string(),
});

export type Readiness = z.infer<typeof readinessSchema>;
