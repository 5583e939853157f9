/**
 * The short name of a pod template: `web-7c5ddbdf54` is the deployment's name and this.
 * Differs from Kubernetes: the number is FNV-1a of the template as sorted JSON, not of Go's memory dump of it, because
 * that dump names every field of one release's Go types. Same length, same alphabet, other letters.
 * See pkg/controller/controller_utils.go ComputeHash and k8s.io/apimachinery/pkg/util/rand SafeEncodeString.
 */
import { NAME_ALPHABET } from '../base/rng.ts';

/** @param collisionCount how often this hash met the name of something else; mixed in, so that the next try differs */
export function podTemplateHash(template: unknown, collisionCount?: number): string {
  const text = sortedJson(template) + (collisionCount === undefined ? '' : `#${collisionCount}`);
  return safeEncode(String(fnv32a(text)));
}

/** 32-bit FNV-1a of the text's UTF-8. */
export function fnv32a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash ^= byte;
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}

/** Every character becomes a letter that cannot spell a word. */
function safeEncode(text: string): string {
  return text.replace(/./g, (character) => NAME_ALPHABET.charAt(character.charCodeAt(0) % NAME_ALPHABET.length));
}

function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${sortedJson(field)}`);
  return `{${fields.join(',')}}`;
}
