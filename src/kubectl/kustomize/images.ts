/** `images` and `replicas` of a kustomization. See kustomize/api/filters/{imagetag,replicacount}. */
import { plainError } from '../io.ts';
import { specPath } from '../podspec.ts';
import { changeAt } from './fields.ts';
import type { Kustomization } from './kustomization.ts';
import type { Resource } from './resource.ts';

type Image = NonNullable<Kustomization['images']>[number];

export function withImages(resources: readonly Resource[], images: readonly Image[]): readonly Resource[] {
  const renew = (text: unknown) => images.reduce((image, one) => renewed(image, one), String(text as string));
  return resources.map((resource) => {
    const spec = specPath(resource.object.kind)?.join('/');
    if (spec === undefined) return resource;
    return { ...resource, object: ['containers', 'initContainers'].reduce((object, list) => changeAt(object, `${spec}/${list}[]/image`, renew), resource.object) };
  });
}

function renewed(text: string, { name, newName, newTag, tagSuffix, digest }: Image): string {
  // The last colon parts the tag, unless it belongs to a port of the registry.
  const [, base = '', tag = '', sum = ''] = /^(.*?)(?::([\w.-]+))?(?:@(.+))?$/.exec(text)!;
  if (base !== name) return text;
  const image = newName ?? base;
  if (digest) return `${image}@${digest}`;
  const nextTag = newTag ?? (tagSuffix ? `${tag}${tagSuffix}` : tag);
  if (newTag) return `${image}:${newTag}`;
  return `${image}${nextTag ? `:${nextTag}` : ''}${sum ? `@${sum}` : ''}`;
}

const SCALED = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'];

/** @throws KubectlError for a name that nothing has */
export function withReplicas(resources: readonly Resource[], replicas: NonNullable<Kustomization['replicas']>): readonly Resource[] {
  return replicas.reduce((result, { name, count }) => {
    const fits = ({ object, names }: Resource) => SCALED.includes(object.kind ?? '') && names.includes(name);
    if (!result.some(fits)) throw plainError(`resource with name ${name} does not match a config with the following GVK [${SCALED.map((kind) => `${kind}.[noVer].[noGrp]`).join(' ')}]`);
    return result.map((resource) => (fits(resource) ? { ...resource, object: changeAt(resource.object, 'spec/replicas', () => count, true) } : resource));
  }, resources);
}
