/**
 * How good a release must be to be published, in the user's TypeScript file for `--bounds FILE`:
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
  /** Minimum accuracy on the test images. */
  accuracy: z.optional(share),
  /** Minimum recall of each class. */
  recall: z.optional(share),
  /** Maximum accuracy lost to quantization; losing a single image is always allowed. */
  quantizationDrop: z._default(share, 0.005),
  /** Maximum bytes of model.json and the weights together. */
  bytes: z._default(count, MAX_RELEASE_BYTES),
  /** Maximum multiply-adds per image. */
  multiplyAdds: z.optional(count),
  /** Maximum expected calibration error (Guo et al. 2017). */
  calibrationError: z.optional(share),
});

/**
 * Relative to the live release. A loss counts only if chance does not explain it. McNemar's test covers the chance in the
 * choice of test images, not in training: the same recipe with another seed trades classes for one another, and the defaults
 * allow for that.
 */
const relativeSchema = z.strictObject({
  /** Maximum loss of accuracy, even beyond chance. */
  accuracyLoss: z._default(share, 0.01),
  /** Maximum loss of recall in any class, even beyond chance. */
  recallLoss: z._default(share, 0.1),
  /** A loss is beyond chance if McNemar's mid-p value is below this (for classes: divided by their number). */
  significance: z._default(z.number().check(z.positive(), z.lt(1)), 0.05),
  /** Maximum bytes, as a multiple of the live release's. */
  bytes: z._default(ratio, 2),
  multiplyAdds: z._default(ratio, 2),
  /** Maximum growth of the expected calibration error. */
  calibrationErrorGrowth: z._default(share, 0.05),
});

export const boundsSchema = z.strictObject({
  absolute: z._default(absoluteSchema, absoluteSchema.parse({})),
  relative: z._default(relativeSchema, relativeSchema.parse({})),
});

export type Bounds = z.output<typeof boundsSchema>;

/** Returns its argument; gives editors the types. */
export function defineBounds(bounds: z.input<typeof boundsSchema>): z.input<typeof boundsSchema> {
  return bounds;
}

/**
 * @param path undefined for the defaults
 * @throws {TrainingError} `config-invalid`
 */
export async function loadBounds(path: string | undefined): Promise<Bounds> {
  if (path === undefined) return boundsSchema.parse({});
  const value = await importDefault(path, '{ absolute: { accuracy: 0.7 } }');
  const result = boundsSchema.safeParse(value, { reportInput: true });
  if (!result.success) throw new TrainingError('config-invalid', `${path}: ${explain(result.error, boundsSchema)}`);
  return result.data;
}
