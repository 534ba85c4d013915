/**
 * How good a release must be to be published, in a TypeScript file of the user's, for `--bounds FILE`:
 *
 *     import { defineBounds } from '@glimpse/training/gate/bounds';
 *
 *     export default defineBounds({
 *       absolute: { accuracy: 0.72, recall: 0.5, calibrationError: 0.05 },
 *       relative: { accuracyLoss: 0.002 },
 *     });
 */
import { MAX_RELEASE_BYTES } from '@glimpse/shared/release/manifest';
import * as z from 'zod/mini';
import { explain } from '../recipe/explain.ts';
import { importDefault } from '../recipe/recipe.ts';
import { TrainingError } from '../training-error.ts';

const share = z.number().check(z.gte(0), z.lte(1));
const ratio = z.number().check(z.positive());
const count = z.int().check(z.positive());

const absoluteSchema = z.strictObject({
  /** At least this share of the test images is right. */
  accuracy: z.optional(share),
  /** At least this share of each class' test images is right. */
  recall: z.optional(share),
  /** Most accuracy that quantization may cost; a single image may always be lost. */
  quantizationDrop: z._default(share, 0.005),
  /** Most bytes of model.json and the weights together. */
  bytes: z._default(count, MAX_RELEASE_BYTES),
  /** Most multiply-adds an image. */
  multiplyAdds: z.optional(count),
  /** Most expected calibration error (Guo et al. 2017). */
  calibrationError: z.optional(share),
});

/**
 * Against the release that is live. A loss counts only where chance does not explain it. McNemar's test knows the chance of
 * the test images, not that of training: the same recipe with another seed trades classes for one another, and the
 * defaults leave room for that.
 */
const relativeSchema = z.strictObject({
  /** Accuracy that may be lost, even beyond chance. */
  accuracyLoss: z._default(share, 0.01),
  /** Recall that any class may lose, even beyond chance. */
  recallLoss: z._default(share, 0.1),
  /** A loss is beyond chance where McNemar's mid-p value is below this (for classes: this divided by their number). */
  significance: z._default(z.number().check(z.positive(), z.lt(1)), 0.05),
  /** Most bytes, as a multiple of the live release's. */
  bytes: z._default(ratio, 2),
  multiplyAdds: z._default(ratio, 2),
  /** Most that the expected calibration error may grow. */
  calibrationErrorGrowth: z._default(share, 0.05),
});

export const boundsSchema = z.strictObject({
  absolute: z._default(absoluteSchema, absoluteSchema.parse({})),
  relative: z._default(relativeSchema, relativeSchema.parse({})),
});

export type Bounds = z.output<typeof boundsSchema>;

/** Gives an editor the types; does nothing else. */
export function defineBounds(bounds: z.input<typeof boundsSchema>): z.input<typeof boundsSchema> {
  return bounds;
}

/**
 * @param path the defaults hold where it is undefined
 * @throws {TrainingError} `config-invalid`
 */
export async function loadBounds(path: string | undefined): Promise<Bounds> {
  if (path === undefined) return boundsSchema.parse({});
  const value = await importDefault(path, '{ absolute: { accuracy: 0.7 } }');
  const result = boundsSchema.safeParse(value, { reportInput: true });
  if (!result.success) throw new TrainingError('config-invalid', `${path}: ${explain(result.error, boundsSchema)}`);
  return result.data;
}
