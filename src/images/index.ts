/**
 * The registries of the simulated world: every image there is, by normalised name. One line per image.
 * The messages are those of containerd when the registry says no; the kubelet adds its own words around them.
 * Differs from Kubernetes: a repository that exists in the world but not here answers as one that does not exist.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { FileSystem } from '../machine/files.ts';
import { agnhost, helloApp, httpEcho, python, redis, stress, whoami } from './applications.ts';
import { busybox, localPathHelper } from './busybox.ts';
import { mysql, postgres } from './databases.ts';
import { httpd } from './httpd.ts';
import type { ImageRecipe } from './image.ts';
import { alpine, debian, ubuntu } from './linux.ts';
import { curl, netshoot } from './netshoot.ts';
import { nginx } from './nginx.ts';
import { type ImageReference, parseReference } from './reference.ts';
import { pause, systemImages } from './system.ts';

export type { ImageRecipe } from './image.ts';

/** Every repository. */
export const images: readonly ImageRecipe[] = [
  agnhost, alpine, busybox, curl, debian, helloApp, httpd, httpEcho, localPathHelper, mysql, netshoot, nginx, pause, postgres, python, redis, stress, ubuntu, whoami, ...systemImages,
];

export interface FoundImage {
  readonly recipe: ImageRecipe;
  readonly tag: string;
  /** As the runtime stores it: `docker.io/library/nginx:1.27`. */
  readonly name: string;
  /** `sha256:…` of the manifest; the same name always has the same one. */
  readonly digest: string;
  /** What a pod's status shows as imageID: `docker.io/library/nginx@sha256:…`. */
  readonly imageId: string;
}

export interface MissingImage {
  readonly missing: 'repository' | 'tag' | 'invalid';
  readonly name: string;
  /** The code that containerd's CRI service answers with: `rpc error: code = NotFound desc = …`. */
  readonly rpcCode: 'NotFound' | 'Unknown' | 'InvalidArgument';
  /** containerd's message; for `invalid`, the parser's. */
  readonly message: string;
}

const byRepository = new Map(images.map((recipe) => [recipe.repository, recipe]));

/** Resolve a reference as written in a pod. */
export function findImage(reference: string): FoundImage | MissingImage {
  const parsed = parseReference(reference);
  if ('invalid' in parsed) return { missing: 'invalid', name: reference, rpcCode: 'InvalidArgument', message: parsed.invalid };
  const repository = `${parsed.domain}/${parsed.path}`;
  const recipe = byRepository.get(repository);
  if (!recipe) return { missing: 'repository', name: parsed.name, ...refusal(parsed) };
  const digest = digestOf(`${repository}:${parsed.tag}`);
  const wrongDigest = parsed.digest !== undefined && !knownDigests(recipe, parsed).has(parsed.digest);
  if (wrongDigest || !recipe.tags(parsed.tag)) return { missing: 'tag', name: parsed.name, rpcCode: 'NotFound', message: unresolved(parsed.name, `${parsed.name}: not found`) };
  return { recipe, tag: parsed.tag, name: parsed.name, digest, imageId: `${repository}@${digest}` };
}

/** What `ls -l` and nginx's Last-Modified say of an image's files. Differs from Linux: all images were built on one day. */
const BUILT_UNIX_MS = Date.UTC(2025, 9, 7, 17, 4, 7);

const rootFiles = new Map<string, FileSystem>();

/** A container's own copy of an image's files. Unpacked once per image; copies share what they do not change. */
export function unpack(image: FoundImage): FileSystem {
  const key = `${image.recipe.repository}:${image.tag}`;
  let files = rootFiles.get(key);
  if (!files) {
    files = new FileSystem();
    files.keepTime(() => BUILT_UNIX_MS);
    image.recipe.files(files, image.tag);
    rootFiles.set(key, files);
  }
  return files.clone();
}

/** The environment that the image sets, PATH included. */
export function imageEnv(image: FoundImage): Readonly<Record<string, string>> {
  return { ...image.recipe.env, ...image.recipe.envOf?.(image.tag) };
}

function digestOf(name: string): string {
  return `sha256:${bytesToHex(sha256(new TextEncoder().encode(name)))}`;
}

/** A reference by digest names a tag's content; only digests that this world handed out exist in it. */
function knownDigests(recipe: ImageRecipe, parsed: ImageReference): ReadonlySet<string> {
  return new Set([digestOf(`${recipe.repository}:${parsed.tag}`)]);
}

function unresolved(name: string, why: string): string {
  return `failed to pull and unpack image "${name}": failed to resolve reference "${name}": ${why}`;
}

/** How each registry refuses what it does not have; an unknown host does not even resolve. */
function refusal(reference: ImageReference): { readonly rpcCode: 'NotFound' | 'Unknown'; readonly message: string } {
  const { domain, path, tag, name } = reference;
  switch (domain) {
    case 'docker.io':
      return {
        rpcCode: 'Unknown',
        message: unresolved(name, 'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed'),
      };
    case 'quay.io':
      return { rpcCode: 'Unknown', message: unresolved(name, `unexpected status from HEAD request to https://quay.io/v2/${path}/manifests/${tag}: 401 UNAUTHORIZED`) };
    case 'ghcr.io':
      return {
        rpcCode: 'Unknown',
        message: unresolved(name, `failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://ghcr.io/token?scope=repository%3A${encodeURIComponent(path)}%3Apull&service=ghcr.io: 403 Forbidden`),
      };
    case 'registry.k8s.io':
    case 'gcr.io':
      return { rpcCode: 'NotFound', message: unresolved(name, `${name}: not found`) };
    default: {
      const host = domain.replace(/:\d+$/, '');
      return { rpcCode: 'Unknown', message: unresolved(name, `failed to do request: Head "https://${domain}/v2/${path}/manifests/${tag}": dial tcp: lookup ${host}: no such host`) };
    }
  }
}
