/** Bytes → base64 (RFC 4648), in browsers, Node and React Native. */

/** Bytes per call: engines limit the number of arguments. */
const CHUNK = 8192;

export async function base64Of(file: Blob | Uint8Array): Promise<string> {
  if (file instanceof Uint8Array) return ofBytes(file);
  if (typeof file.arrayBuffer === 'function') return ofBytes(new Uint8Array(await file.arrayBuffer()));
  // React Native's Blob has no arrayBuffer().
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

function ofBytes(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(text);
}
