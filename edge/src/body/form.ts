/** A multipart body → its fields. */
import { Problem } from '@glimpse/shared/api/problems';

/** @throws {Problem} body-malformed */
export async function openForm(bytes: Uint8Array<ArrayBuffer>, contentType: string): Promise<FormData> {
  if (!/^\s*multipart\/form-data\s*;/i.test(contentType) || !/;\s*boundary=("[^"]+"|[^\s";]+)/i.test(contentType)) {
    throw malformed(
      'A multipart body requires "Content-Type: multipart/form-data; boundary=…". Let your HTTP library set the header.',
    );
  }
  try {
    return await new Response(bytes, { headers: { 'Content-Type': contentType } }).formData();
  } catch (cause) {
    throw malformed(
      'The multipart body cannot be parsed with the boundary of its Content-Type. Is it truncated?',
      cause,
    );
  }
}

/** The form has no field `image`; the message lists the fields that it has. */
export function withoutImage(form: FormData): Problem {
  const names = [...new Set(form.keys())].slice(0, 5).map((name) => JSON.stringify(name.slice(0, 40)));
  const instead = names.length > 0 ? `, only ${names.join(', ')}` : '';
  return malformed(`The form has no field "image"${instead}. Send the image in that field.`);
}

/** @throws {Problem} body-malformed, if the value of a field `image` is not a file */
export function fileOf(value: File | string | undefined): File {
  if (value !== undefined && typeof value !== 'string') return value;
  throw malformed('The field "image" is text, not a file. With curl, write -F image=@cat.png with the @.');
}

export function filesIn(form: FormData): number {
  return [...form.values()].filter((value) => typeof value !== 'string').length;
}

export function malformed(detail: string, cause?: unknown): Problem {
  return new Problem('body-malformed', detail, cause === undefined ? {} : { cause });
}
