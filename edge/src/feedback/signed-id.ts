/** The id of an answer that callers can send feedback about. */
import type { AnswerSigner } from '@glimpse/shared/feedback/answer-id';
import { topClasses } from '@glimpse/shared/model/network/predictions';
import type { Manifest } from '@glimpse/shared/release/manifest';
import { sha256 } from '@glimpse/shared/release/sha256';
import type { SentImage } from '../body/open-body.ts';

export async function signedId(
  signer: AnswerSigner,
  { kind, bytes }: SentImage,
  scores: Float32Array,
  { model, version }: Pick<Manifest, 'model' | 'version'>,
): Promise<string> {
  const [best] = topClasses(scores, 1);
  const nonce = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0'));
  return signer.sign({
    kind,
    answeredAt: Math.floor(Date.now() / 1000),
    labelIndex: best!.index,
    score: best!.score,
    sentSha256: await sha256(bytes),
    nonce: nonce.join(''),
    model,
    version,
  });
}
