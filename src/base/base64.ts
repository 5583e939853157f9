/** Base64 of byte strings: what HTTP credentials, certificates and the tool of that name share. RFC 4648 §4. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The letters of a byte string, with padding, on one line. */
export function encodeBase64(bytes: string): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const group = (bytes.charCodeAt(i) << 16) | ((bytes.charCodeAt(i + 1) || 0) << 8) | (bytes.charCodeAt(i + 2) || 0);
    text += ALPHABET[group >> 18]! + ALPHABET[(group >> 12) & 63]! + (i + 1 < bytes.length ? ALPHABET[(group >> 6) & 63]! : '=') + (i + 2 < bytes.length ? ALPHABET[group & 63]! : '=');
  }
  return text;
}

/** The bytes again; undefined when it is not base64. Line breaks must have been taken out. */
export function decodeBase64(text: string): string | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 === 1) return undefined;
  let bytes = '';
  let bits = 0;
  let held = 0;
  for (const c of text.replace(/=+$/, '')) {
    held = ((held << 6) | ALPHABET.indexOf(c)) & 0xffffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += String.fromCharCode((held >> bits) & 255);
  }
  return bytes;
}
