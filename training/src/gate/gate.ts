/** Whether a release may be published: it is measured, and compared with its bounds and with the live release. */
import { useWasmBackend } from '@glimpse/shared/model/runtime/node-wasm-backend';
import type { GateNote } from '@glimpse/shared/release/channels';
import type { ImageSet } from '../data/image-set.ts';
import type { Release } from '../publish/release-folder.ts';
import { four } from '../report/number-text.ts';
import type { Bounds } from './bounds.ts';
import { type Check, judgeAgainst, judgeAlone } from './judge.ts';
import { measureRelease, type ReleaseFigures, recordedFigures } from './measure-release.ts';

export interface GateInput {
  readonly candidate: Release;
  /** Undefined if nothing is live. */
  readonly live: Release | undefined;
  /** Held-out images. Without them, the figures in the manifest are used, which is allowed only for a first release. */
  readonly test: ImageSet | undefined;
  readonly bounds: Bounds;
  onProgress(version: string, done: number, correct: number): void;
}

/** Stored as `RUN/gate.json`, with null for NaN. */
export interface Verdict {
  readonly passed: boolean;
  readonly candidate: ReleaseFigures;
  readonly live: ReleaseFigures | null;
  /** Why the two could not be compared; then the gate fails. */
  readonly obstacle: string | null;
  readonly bounds: Bounds;
  readonly checks: readonly Check[];
}

/** @throws {ReleaseError} @throws {NetworkError} if one of the two cannot be run */
export async function runGate({ candidate, live, test, bounds, onProgress }: GateInput): Promise<Verdict> {
  const recorded = recordedFigures(candidate.manifest);
  const same = live?.manifest.version === candidate.manifest.version;
  const obstacle = live && !same ? obstacleTo(candidate, live, test) : null;
  if (!test)
    return verdict(
      recorded,
      live ? recordedFigures(live.manifest) : null,
      obstacle,
      bounds,
      judgeAlone(recorded, bounds),
    );
  await useWasmBackend();
  const measure = (release: Release) =>
    measureRelease(release, test, (done, correct) => onProgress(release.manifest.version, done, correct));
  const ours = measure(candidate);
  const checks = judgeAlone(ours.figures, bounds);
  if (!live || same) return verdict(ours.figures, null, null, bounds, checks);
  if (obstacle !== null) return verdict(ours.figures, recordedFigures(live.manifest), obstacle, bounds, checks);
  const theirs = measure(live);
  checks.push(...judgeAgainst(ours, theirs, test.classes, bounds));
  return verdict(ours.figures, theirs.figures, null, bounds, checks);
}

/** The verdict on a release that could not be measured; it fails. */
export function unmeasured({ manifest }: Release, obstacle: string, bounds: Bounds): Verdict {
  const recorded = recordedFigures(manifest);
  return verdict(recorded, null, obstacle, bounds, judgeAlone(recorded, bounds));
}

/** For the channel's history: the figures in one line. */
export function noteOf(gate: Verdict, override: string | undefined): GateNote {
  return {
    verdict: gate.passed ? 'passed' : 'overridden',
    figures: summarize(gate),
    ...(gate.passed || override === undefined ? {} : { override }),
  };
}

/** For people: the figures, then the failed checks. */
export function describeVerdict(gate: Verdict): string {
  const failed = gate.checks.filter(({ passed }) => !passed).map((check) => `  failed: ${describeCheck(check)}`);
  if (gate.obstacle !== null) failed.push(`  failed: ${gate.obstacle}`);
  return [`${gate.passed ? 'The gate passed' : 'The gate failed'}: ${summarize(gate)}`, ...failed].join('\n');
}

function verdict(
  candidate: ReleaseFigures,
  live: ReleaseFigures | null,
  obstacle: string | null,
  bounds: Bounds,
  checks: readonly Check[],
): Verdict {
  return {
    passed: obstacle === null && checks.every(({ passed }) => passed),
    candidate,
    live,
    obstacle,
    bounds,
    checks,
  };
}

function obstacleTo(
  { manifest: ours }: Release,
  { manifest: theirs }: Release,
  test: ImageSet | undefined,
): string | null {
  if (!test) return 'there are no images on which to compare it with the live release';
  if (ours.labels.join('\n') !== theirs.labels.join('\n')) {
    return `the live release ${theirs.version} has different labels (${theirs.labels.slice(0, 5).join(', ')} …): callers would get different answers`;
  }
  const inputOf = ({ input: { height, width, channels, fit } }: Release['manifest']) =>
    `${height}x${width}x${channels} ${fit}`;
  if (inputOf(ours) !== inputOf(theirs)) {
    return `the live release ${theirs.version} has the input ${inputOf(theirs)}, this one ${inputOf(ours)}: they cannot be measured on the same images`;
  }
  return null;
}

function summarize({ candidate, live, checks }: Verdict): string {
  const { accuracy, pictures, recall, labels, bytes, multiplyAdds, calibrationError, quantizationDrop } = candidate;
  const compared = checks.find(({ name }) => name === 'relative.accuracy')?.test;
  const parts = [
    `accuracy ${four(accuracy)} of ${pictures}${compared ? ` (live ${four(live!.accuracy)}, p ${chance(compared.midP)})` : ''}`,
  ];
  if (recall) {
    const worst = recall.reduce((lowest, value, index) => (value < recall[lowest]! ? index : lowest), 0);
    parts.push(`worst recall ${four(recall[worst])} ${labels[worst]}`);
  } else parts.push('recorded, not measured');
  parts.push(`quantization drop ${four(quantizationDrop)}`, `${bytes} bytes`, `${multiplyAdds} multiply-adds`);
  if (calibrationError !== undefined) parts.push(`calibration error ${four(calibrationError)}`);
  return parts.join('; ');
}

function describeCheck({ name, value, bound, test }: Check): string {
  const pairs = test
    ? `; right only here ${test.onlySecond}, right only in the live release ${test.onlyFirst}, p ${chance(test.midP)}`
    : '';
  return `${name} is ${number(value)}, the bound is ${number(bound)}${pairs}`;
}

/** Digits of a p-value below one ten-thousandth are irrelevant. */
function chance(p: number): string {
  return p < 1e-4 ? '< 0.0001' : four(p);
}

function number(value: number): string {
  return Number.isInteger(value) ? String(value) : four(value);
}
