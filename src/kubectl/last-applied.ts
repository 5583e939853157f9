/** The annotation in which `apply` remembers what it was given. See kubectl/pkg/util/apply.go. */
import type { KubeObject } from './object.ts';
import { goEscape, sortedJson } from './output/go-json.ts';

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** What the annotation says, or undefined. */
export function lastApplied(object: KubeObject): string | undefined {
  return object.metadata?.annotations?.[LAST_APPLIED];
}

/** The object with the annotation about itself. */
export function withLastApplied(object: KubeObject): KubeObject {
  return annotated(object, configurationOf(object));
}

/** The text of the annotation: the object without it, keys sorted, one line. */
export function configurationOf(object: KubeObject): string {
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata?.annotations ?? {};
  return `${goEscape(sortedJson({ ...object, metadata: { ...object.metadata, annotations } }))}\n`;
}

export function annotated(object: KubeObject, text: string): KubeObject {
  return { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata?.annotations, [LAST_APPLIED]: text } } };
}
