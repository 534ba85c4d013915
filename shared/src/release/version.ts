/** The content-addressed name of a release. */
import type { Manifest } from './manifest.ts';
import { sha256 } from './sha256.ts';

/** Everything that affects an answer: topology and weights (as file hashes, in order), labels, input contract, calibration. */
export type Content = Pick<Manifest, 'files' | 'labels' | 'input' | 'calibration' | 'rejectionThreshold'>;

/** @returns SHA-256 of the content in a canonical form, in hex */
export function contentHash({ files, labels, input, calibration, rejectionThreshold }: Content): Promise<string> {
  // Only arrays, so that the text does not depend on the order of keys.
  const { height, width, channels, fit, mean, standardDeviation } = input;
  return sha256(
    JSON.stringify([
      files.map(({ path, sha256 }) => [path, sha256]),
      labels,
      [height, width, channels, fit, mean, standardDeviation],
      calibration?.temperature ?? 1,
      rejectionThreshold ?? null,
    ]),
  );
}

/** @param endedAt when the run ended, ISO 8601 in UTC; versions sort by it */
export async function versionOf(content: Content, endedAt: string): Promise<string> {
  const minute = endedAt.slice(0, 16).replace(/[-:]/g, '');
  return `${minute}Z-${(await contentHash(content)).slice(0, 8)}`;
}
