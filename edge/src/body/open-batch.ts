/** The form of a batch → its images, in the order sent. */
import { Problem } from '@glimpse/shared/api/problems';
import { filesIn, malformed, openForm, withoutImage } from './form.ts';

/**
 * @returns what the fields `image` hold: files, and text where somebody forgot to send one
 * @throws {Problem} body-malformed, batch-too-large
 */
export async function openBatch(
  bytes: Uint8Array<ArrayBuffer>,
  contentType: string | null,
  limit: number,
): Promise<(File | string)[]> {
  const form = await openForm(bytes, contentType ?? '');
  const values = form.getAll('image');
  if (values.length === 0) throw withoutImage(form);
  const files = values.filter((value) => typeof value !== 'string').length;
  if (filesIn(form) > files) throw malformed('Files of a batch are fields "image", one for each; there are others.');
  if (values.length > limit) {
    throw new Problem('batch-too-large', `The batch has ${values.length} images; at most ${limit} are taken at once.`, {
      extensions: { limit, actual: values.length },
    });
  }
  return values;
}
