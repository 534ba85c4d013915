/** Bytes → base64 (RFC 4648), in every environment that the client runs in. */

/** As many arguments as a call surely takes. */
const STEP = 8192;

export async function base64Of(file: Blob | Uint8Array): Promise<string> {
  if (file instanceof Uint8Array) return ofBytes(file);
  if (typeof file.arrayBuffer === 'function') return ofBytes(new Uint8Array(await file.arrayBuffer()));
  // React Native's Blob has no bytes to offer.
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

function ofBytes(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += STEP) text += String.fromCharCode(...bytes.subarray(at, at + STEP));
  return btoa(text);
}
