/** A multipart body → its fields. */
import { Problem } from '@glimpse/shared/api/problems';

/** @throws {Problem} body-malformed */
export async function openForm(bytes: Uint8Array<ArrayBuffer>, contentType: string): Promise<FormData> {
  if (!/^\s*multipart\/form-data\s*;/i.test(contentType) || !/;\s*boundary=("[^"]+"|[^\s";]+)/i.test(contentType)) {
    throw malformed(
      'A multipart body needs "Content-Type: multipart/form-data; boundary=…"; leave the header to your HTTP library.',
    );
  }
  try {
    return await new Response(bytes, { headers: { 'Content-Type': contentType } }).formData();
  } catch (cause) {
    throw malformed('The multipart body does not parse with the boundary of its Content-Type; is it cut?', cause);
  }
}

/** That there is no field `image`, and what there is instead. */
export function withoutImage(form: FormData): Problem {
  const names = [...new Set(form.keys())].slice(0, 5).map((name) => JSON.stringify(name.slice(0, 40)));
  const instead = names.length > 0 ? `, only ${names.join(', ')}` : '';
  return malformed(`The form has no field "image"${instead}; send the image in one.`);
}

/** @throws {Problem} body-malformed, where the value of a field `image` is not a file */
export function fileOf(value: File | string | undefined): File {
  if (value !== undefined && typeof value !== 'string') return value;
  throw malformed('The field "image" is text, not a file; with curl, write -F image=@cat.png with the @.');
}

export function filesIn(form: FormData): number {
  return [...form.values()].filter((value) => typeof value !== 'string').length;
}

export function malformed(detail: string, cause?: unknown): Problem {
  return new Problem('body-malformed', detail, cause === undefined ? {} : { cause });
}
