/** What a run records about its data set: how to open it again, and how to detect changes. */
import * as z from 'zod/mini';

const share = z.number().check(z.gt(0), z.lt(1));

/** How an image folder is read. */
export const imageFolderSchema = z.object({
  /** Absolute path of a folder or CSV. */
  path: z.string(),
  height: z.int(),
  width: z.int(),
  channels: z.union([z.literal(1), z.literal(3)]),
  fit: z.enum(['stretch', 'cover']),
  splitSeed: z.int(),
  validation: share,
  test: share,
  maxUnreadable: z.number().check(z.gte(0), z.lte(1)),
  /** Key of the decoded images in the cache, which also has the list of files at that time. */
  prepared: z.string(),
});

export const dataRecordSchema = z.object({
  name: z.string(),
  /** Hash of pixels and classes: `fingerprint` in data-set.ts. */
  fingerprint: z.string(),
  /** Numbers of images. */
  train: z.int(),
  validation: z.optional(z.int()),
  test: z.int(),
  /** Absent for a named data set. */
  ownPictures: z.optional(imageFolderSchema),
});

export type DataRecord = z.infer<typeof dataRecordSchema>;
export type ImageFolderRecord = z.infer<typeof imageFolderSchema>;
