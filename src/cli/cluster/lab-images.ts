/** The container images that labs name in their manifests, for loading them beforehand. Reads text; knows no cluster. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../../lab/lab.ts';

/** Without those that are pulled anew each time anyway (untagged ones, and `latest`), and those whose tag a lab draws. */
export function imagesOf(labs: readonly Pick<Lab, 'folder'>[]): readonly string[] {
  const found = labs.flatMap(({ folder }) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ya?ml|sh|md)$/.test(name))
      .flatMap((name) => [...readFileSync(join(folder, name), 'utf8').matchAll(/(?:^|\s)(?:- )?(?:image:\s*|--image[= ])["']?([\w./-]+:[\w.-]+)/gm)].map(([, image]) => image!)));
  return [...new Set(found)].filter((image) => !image.endsWith(':latest') && !image.includes('__')).toSorted();
}
