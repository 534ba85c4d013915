/** Whether a release may be published: measured, held against its bounds and against the live release, and put on record. */
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
  /** The release that is live; undefined where none is. */
  readonly live: Release | undefined;
  /** Held-out images; undefined: the candidate's own record is taken, which only a first release may. */
  readonly test: ImageSet | undefined;
  readonly bounds: Bounds;
  onProgress(version: string, done: number, correct: number): void;
}

/** `RUN/gate.json`. NaN stands in it as null. */
export interface Verdict {
  readonly passed: boolean;
  readonly candidate: ReleaseFigures;
  readonly live: ReleaseFigures | null;
  /** Why the two were not compared, or could not be: then the gate fails. */
  readonly obstacle: string | null;
  readonly bounds: Bounds;
  readonly checks: readonly Check[];
}

/** @throws {ReleaseError} @throws {NetworkError} when one of the two cannot be run */
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

/** A verdict that could not even be measured; it fails. */
export function unmeasured({ manifest }: Release, obstacle: string, bounds: Bounds): Verdict {
  const recorded = recordedFigures(manifest);
  return verdict(recorded, null, obstacle, bounds, judgeAlone(recorded, bounds));
}

/** For the channel's history: the figures in a line. */
export function noteOf(gate: Verdict, override: string | undefined): GateNote {
  return {
    verdict: gate.passed ? 'passed' : 'overridden',
    figures: summarize(gate),
    ...(gate.passed || override === undefined ? {} : { override }),
  };
}

/** Lines for people: the figures, then what failed. */
export function describeVerdict(gate: Verdict): string {
  const failed = gate.checks.filter(({ passed }) => !passed).map((check) => `  failed: ${describeCheck(check)}`);
  if (gate.obstacle !== null) failed.push(`  failed: ${gate.obstacle}`);
  return [`${gate.passed ? 'The gate is passed' : 'The gate is not passed'}: ${summarize(gate)}`, ...failed].join('\n');
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
  if (!test) return 'there are no images to compare it with the live release on';
  if (ours.labels.join('\n') !== theirs.labels.join('\n')) {
    return `the live release ${theirs.version} has other labels (${theirs.labels.slice(0, 5).join(', ')} …): callers would get other answers`;
  }
  const eats = ({ input: { height, width, channels, fit } }: Release['manifest']) =>
    `${height}x${width}x${channels} ${fit}`;
  if (eats(ours) !== eats(theirs)) {
    return `the live release ${theirs.version} eats ${eats(theirs)}, this one ${eats(ours)}: they cannot be measured on the same images`;
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
  } else parts.push('as recorded, not measured');
  parts.push(`quantization drop ${four(quantizationDrop)}`, `${bytes} bytes`, `${multiplyAdds} multiply-adds`);
  if (calibrationError !== undefined) parts.push(`calibration error ${four(calibrationError)}`);
  return parts.join('; ');
}

function describeCheck({ name, value, bound, test }: Check): string {
  const pairs = test
    ? `; only this one right ${test.onlySecond}, only the live one ${test.onlyFirst}, p ${chance(test.midP)}`
    : '';
  return `${name} is ${number(value)}, the bound is ${number(bound)}${pairs}`;
}

/** Below a ten-thousandth its digits say no more. */
function chance(p: number): string {
  return p < 1e-4 ? '< 0.0001' : four(p);
}

function number(value: number): string {
  return Number.isInteger(value) ? String(value) : four(value);
}
