/**
 * A short name for a manifest's content, 32 hexadecimal digits as the real annotation has.
 * Differs from Kubernetes: four 32-bit FNV-1a sums of the text instead of the MD5 of the parsed pod; only equality matters.
 */
export function fnv128(text: string): string {
  return [0, 1, 2, 3].map((round) => fnv(`${round}${text}`).toString(16).padStart(8, '0')).join('');
}

function fnv(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
