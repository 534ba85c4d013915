/** Names in object keys and URLs. */
import * as z from 'zod/mini';

/** Models and channels: lower-case letters, digits and hyphens, at most 64. */
export const nameSchema = z.string().check(z.regex(/^[a-z0-9-]{1,64}$/, 'must be 1 to 64 of a-z, 0-9 and -'));

/** `20261125T0312Z-ab12cd34`: the minute the run ended and the first digits of the content's hash. */
export const versionSchema = z.string().check(z.regex(/^\d{8}T\d{4}Z-[0-9a-f]{8}$/, 'not a version'));

/** A file of a release, in the folder of its release.json. */
export const fileNameSchema = z.string().check(z.regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,127}$/, 'not a file name'));

export const objectKeys = {
  channels: (model: string) => `models/${model}/channels.json`,
  manifest: (model: string, version: string) => `models/${model}/${version}/release.json`,
  file: (model: string, version: string, path: string) => `models/${model}/${version}/${path}`,
  /** A signature that was added after the release was published. */
  signature: (model: string, version: string, keyId: string) => `models/${model}/${version}/signature-${keyId}.json`,
  history: (model: string, number: number) => `models/${model}/history/${number}.json`,
} as const;

/** The model of a `channels.json` key; undefined for any other key. */
export function modelOfChannelsKey(key: string): string | undefined {
  return /^models\/([a-z0-9-]{1,64})\/channels\.json$/.exec(key)?.[1];
}
