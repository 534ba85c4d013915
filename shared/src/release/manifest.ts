/** `release.json`, the manifest of a release: its model, how it was made, and the size and hash of each file. */
import * as z from 'zod/mini';
import { inputContractSchema } from '../image/input-contract.ts';
import { fileNameSchema, nameSchema, versionSchema } from './names.ts';
import { ReleaseError } from './release-error.ts';

/** Incremented if a reader of the old format would misunderstand the new one. */
export const FORMAT_VERSION = 1;
/** Incremented if a network needs a layer or a rule that earlier runners do not have. */
export const RUNNER_VERSION = 2;

/** A Worker holds a release in memory. Larger ones are refused before their files are fetched. */
export const MAX_RELEASE_BYTES = 32 * 1024 * 1024;

/** Labels of a model. */
export const MAX_CLASSES = 10_000;

const text = z.string().check(z.minLength(1), z.maxLength(1000));
const count = z.int().check(z.nonnegative());
const hash = z.string().check(z.regex(/^[0-9a-f]{64}$/, 'not a SHA-256 in lower-case hex'));
const share = z.number().check(z.gte(0), z.lte(1));

const fileSchema = z.object({
  /** A file name in the version's folder; subfolders are not allowed. */
  path: fileNameSchema,
  size: z.int().check(z.positive(), z.lte(MAX_RELEASE_BYTES)),
  sha256: hash,
});

const metricsSchema = z.object({
  /** Number of test images. Format 1 has it under this name. */
  pictures: count,
  correct: count,
  accuracy: share,
  /** Categorical cross-entropy in nats, mean over images. */
  loss: z.number(),
});

export const signatureSchema = z.object({
  algorithm: z.literal('Ed25519'),
  /** The first 16 hex digits of the SHA-256 of the raw public key. */
  keyId: z.string().check(z.regex(/^[0-9a-f]{16}$/, 'not a key id')),
  /** 64 bytes in base64. `signature.ts` defines the signed bytes. */
  value: z.string().check(z.regex(/^[A-Za-z0-9+/]{86}==$/, 'not 64 bytes in base64')),
});

export const manifestSchema = z
  .object({
    formatVersion: z.int().check(z.positive()),
    minimumRunner: z.int().check(z.positive()),
    model: nameSchema,
    version: versionSchema,
    labels: z.array(text).check(z.minLength(2), z.maxLength(MAX_CLASSES)),
    input: inputContractSchema,
    architecture: z.object({ name: text, parameters: count, multiplyAdds: count }),
    data: z.object({ name: text, fingerprint: hash, train: count, test: count }),
    run: z.object({
      id: text,
      command: text,
      seed: count,
      epochs: count,
      engine: z.object({
        name: text,
        device: text,
        deviceName: text,
        threads: count,
        versions: z.record(z.string(), text),
      }),
      /** Commit of the training code. */
      revision: text,
      startedAt: z.string(),
      endedAt: z.string(),
    }),
    quantization: z.enum(['uint8', 'uint16', 'float16']),
    /** On the whole test set, before and after quantization, computed by the Worker's runner. */
    metrics: z.object({ float: metricsSchema, quantized: metricsSchema }),
    /** Scores are softmax(logits / temperature) (Guo et al. 2017). Absent: 1. */
    calibration: z.optional(z.object({ temperature: z.number().check(z.positive()) })),
    /** Answers with a lower best score are `uncertain`. Absent: answers have no member `uncertain`. */
    rejectionThreshold: z.optional(share),
    /** model.json, and the weight files in the order of model.json. */
    files: z.array(fileSchema).check(z.minLength(2), z.maxLength(1000)),
    signature: z.optional(signatureSchema),
  })
  .check(
    z.refine((m) => new Set(m.files.map(({ path }) => path)).size === m.files.length, {
      message: 'a file is listed twice',
    }),
    z.refine((m) => m.files.some(({ path }) => path === 'model.json'), {
      message: 'the files do not include model.json',
    }),
    z.refine((m) => m.files.reduce((sum, { size }) => sum + size, 0) <= MAX_RELEASE_BYTES, {
      message: `the files exceed ${MAX_RELEASE_BYTES} bytes in total`,
    }),
  );

export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestFile = z.infer<typeof fileSchema>;
export type Signature = z.infer<typeof signatureSchema>;
export type Metrics = z.infer<typeof metricsSchema>;

/**
 * @param expected where the text was read from; the manifest must be of this model and version
 * @throws {ReleaseError} `release-malformed`, `release-too-new`
 */
export function readManifest(json: string, expected?: { model: string; version: string }): Manifest {
  const data = parseJson(json, 'release.json');
  const head = z.object({ formatVersion: z.int(), minimumRunner: z.int() }).safeParse(data);
  if (head.success && (head.data.formatVersion > FORMAT_VERSION || head.data.minimumRunner > RUNNER_VERSION)) {
    throw new ReleaseError(
      'release-too-new',
      `The release has format ${head.data.formatVersion} and needs runner ${head.data.minimumRunner}, but this version supports ` +
        `format ${FORMAT_VERSION} and has runner ${RUNNER_VERSION}. Deploy the current Worker first.`,
    );
  }
  const result = manifestSchema.safeParse(data);
  if (!result.success) {
    throw new ReleaseError('release-malformed', `release.json: ${z.prettifyError(result.error)}`);
  }
  const manifest = result.data;
  if (expected && (manifest.model !== expected.model || manifest.version !== expected.version)) {
    throw new ReleaseError(
      'release-malformed',
      `The release.json of ${expected.model} ${expected.version} has the manifest of ${manifest.model} ${manifest.version}.`,
    );
  }
  return manifest;
}

export function writeManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** @throws {ReleaseError} `release-malformed` */
export function parseJson(json: string, what: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new ReleaseError(
      'release-malformed',
      `${what} is not JSON; it begins with ${JSON.stringify(json.slice(0, 40))}`,
      {
        cause,
      },
    );
  }
}
