/**
 * Which kinds kubectl was built with: for these it knows the merge keys of lists, and patches strategically. All others,
 * custom resources and even their definitions, get a JSON merge patch. See kubectl/pkg/scheme/install.go.
 */
const GROUPS: ReadonlySet<string> = new Set([
  '', 'apps', 'autoscaling', 'batch', 'extensions', 'policy',
  ...['admission', 'admissionregistration', 'authentication', 'authorization', 'certificates', 'coordination', 'discovery', 'events', 'flowcontrol.apiserver', 'imagepolicy', 'internal.apiserver', 'networking', 'node', 'rbac.authorization', 'resource', 'scheduling', 'storage', 'storagemigration'].map((group) => `${group}.k8s.io`),
]);

export function isBuiltIn(group: string): boolean {
  return GROUPS.has(group);
}
