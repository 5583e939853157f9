/**
 * Byte strings. Inside simulated machines and on the simulated wire every string is a byte string: each character
 * stands for one byte (0 to 255), so `wc -c`, segment sizes and binary streams are right without a second type.
 * UTF-8 is applied at the edges only: where the kubelet hands over a command line, where the server streams bytes.
 */

/** Text to byte string. */
export function utf8Encode(text: string): string {
  // Plain ASCII is its own encoding, and nearly everything is ASCII.
  // oxlint-disable-next-line no-control-regex
  if (/^[\x00-\x7f]*$/.test(text)) return text;
  return fromBytes(new TextEncoder().encode(text));
}

/** Byte string to text; malformed bytes become U+FFFD. */
export function utf8Decode(bytes: string): string {
  // oxlint-disable-next-line no-control-regex
  if (/^[\x00-\x7f]*$/.test(bytes)) return bytes;
  return new TextDecoder().decode(toBytes(bytes));
}

export function toBytes(bytes: string): Uint8Array {
  const array = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) array[i] = bytes.charCodeAt(i);
  return array;
}

export function fromBytes(array: Uint8Array): string {
  let text = '';
  for (let i = 0; i < array.length; i += 8192) text += String.fromCharCode(...array.subarray(i, i + 8192));
  return text;
}
