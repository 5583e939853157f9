/**
 * Which objects a command line means: `pods`, `pod web`, `pod/web svc/db`, `pods,services`, `-l`, `-A`, `-f file`.
 * See cli-runtime/pkg/resource/builder.go.
 */
import type { Run } from './command.ts';
import { plainError } from './io.ts';
import type { Resource } from './resources.ts';

/** A request for one kind: all of them, or by name. */
export interface Target {
  readonly resource: Resource;
  readonly name?: string;
}

export const SELECT_FLAGS = [
  { name: 'selector', short: 'l', type: 'string', value: '', help: "Selector (label query) to filter on, supports '=', '==', '!=', 'in', 'notin'.(e.g. -l key1=value1,key2=value2,key3 in (value3)). Matching objects must satisfy all of the specified label constraints." },
  { name: 'field-selector', type: 'string', value: '', help: "Selector (field query) to filter on, supports '=', '==', and '!='.(e.g. --field-selector key1=value1,key2=value2). The server only supports a limited number of field queries per type." },
  { name: 'all-namespaces', short: 'A', type: 'bool', value: false, help: 'If present, list the requested object(s) across all namespaces. Namespace in current context is ignored even if specified with --namespace.' },
] as const;

/** Words to targets. @throws KubectlError in the builder's words */
export async function targetsOf(run: Run, args: readonly string[]): Promise<readonly Target[]> {
  const resources = await run.resources();
  if (args.some((arg) => arg.includes('/'))) {
    return args.map((arg) => {
      const [type, name, ...more] = arg.split('/');
      if (name === undefined) throw plainError(`there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'`);
      if (more.length > 0) throw plainError('arguments in resource/name form may not have more than one slash');
      if (!type || name === '') throw plainError('arguments in resource/name form must have a single resource and name');
      return { resource: resources.need(type), name };
    });
  }
  const [types, ...names] = args;
  const expanded = types!.split(',').filter((type) => type !== '').flatMap((type) => {
    const category = resources.inCategory(type);
    return category.length > 0 ? category : [resources.need(type)];
  });
  if (names.length === 0) return expanded.map((resource) => ({ resource }));
  return expanded.flatMap((resource) => names.map((name) => ({ resource, name })));
}

/** `?labelSelector=…&fieldSelector=…&limit=500` from the flags. */
export function listQuery(run: Run, extra: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams();
  if (run.flags.text('field-selector')) query.set('fieldSelector', run.flags.text('field-selector'));
  if (run.flags.text('selector')) query.set('labelSelector', run.flags.text('selector'));
  for (const [key, value] of Object.entries(extra)) query.set(key, value);
  const text = query.toString();
  return text ? `?${text}` : '';
}
