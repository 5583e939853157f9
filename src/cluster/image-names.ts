/** The ways to write the name of an image, and who wants which. Knows no engine. See the reference grammar of distribution. */

/** `busybox:1.28` as containerd knows it: `docker.io/library/busybox:1.28`. */
export function fullName(image: string): string {
  const [first = '', ...rest] = image.split('/');
  if (rest.length === 0) return `docker.io/library/${image}`;
  return /[.:]/.test(first) || first === 'localhost' ? image : `docker.io/${image}`;
}

/** `kindest/node:v1.35.0@sha256:…` by its tag. */
export const byTag = (reference: string): string => reference.replace(/@sha256:.*/, '');

/** The same by its digest, when it has one: not every engine takes both. */
export const byDigest = (reference: string): string => reference.replace(/:[^:/@]+(@sha256:.*)$/, '$1');

/** `quay.io/calico/node:v3.32.1` as the name of a file. */
export const archiveName = (reference: string): string => `${byTag(reference).replaceAll(/[/:]/g, '_')}.tar`;
