/** What a run keeps of its data: enough to open them again, and to tell whether they are still the same. */
import * as z from 'zod/mini';

const share = z.number().check(z.gt(0), z.lt(1));

/** How an image folder are read. */
export const imageFolderSchema = z.object({
  /** Absolute: a folder, or a CSV. */
  path: z.string(),
  height: z.int(),
  width: z.int(),
  channels: z.union([z.literal(1), z.literal(3)]),
  fit: z.enum(['stretch', 'cover']),
  splitSeed: z.int(),
  validation: share,
  test: share,
  maxUnreadable: z.number().check(z.gte(0), z.lte(1)),
  /** Names the decoded images in the cache, with the list of files as they were. */
  prepared: z.string(),
});

export const dataRecordSchema = z.object({
  name: z.string(),
  /** Of pixels and classes: `fingerprint` in data-set.ts. */
  fingerprint: z.string(),
  /** Images. */
  train: z.int(),
  validation: z.optional(z.int()),
  test: z.int(),
  /** Absent for a data set that Glimpse knows by name. */
  ownPictures: z.optional(imageFolderSchema),
});

export type DataRecord = z.infer<typeof dataRecordSchema>;
export type ImageFolderRecord = z.infer<typeof imageFolderSchema>;
