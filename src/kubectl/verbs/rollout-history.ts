/** `kubectl rollout history` and `undo`. See kubectl/pkg/polymorphichelpers/{history,rollback}.go. */
import type { Run, Verb } from '../command.ts';
import { describePodTemplate } from '../describe/pod-template.ts';
import { Writer } from '../describe/writer.ts';
import { each } from '../each.ts';
import { FILE_FLAGS } from '../files.ts';
import { plainError } from '../io.ts';
import { fetch, namedObjects, pathTo, type Named } from '../named.ts';
import { dig, type KubeObject, type List } from '../object.ts';
import { selectorOf } from '../pods.ts';
import { formatOf, printObject, OUTPUT_FLAGS } from '../print-objects.ts';
import { pathOf } from '../resources.ts';
import { DRY_RUN_FLAG, dryRunOf, printResult, RESULT_FLAGS } from '../result.ts';

const CAUSE = 'kubernetes.io/change-cause';
const REVISION = 'deployment.kubernetes.io/revision';

interface Revision {
  readonly number: number;
  readonly cause: string;
  /** The pod template that it was. */
  readonly template: KubeObject;
}

export const history: Verb = {
  name: 'history', short: 'View rollout history', long: 'View previous rollout revisions and configurations.', examples: '# View the rollout history of a deployment\nkubectl rollout history deployment/abc\n\n# View the details of daemonset revision 3\nkubectl rollout history daemonset/abc --revision=3',
  usage: 'rollout history (TYPE NAME | TYPE/NAME) [flags] [options]',
  flags: [
    ...FILE_FLAGS, ...OUTPUT_FLAGS,
    { name: 'revision', type: 'int', value: '0', help: 'See the details, including podTemplate of the revision specified' },
    { name: 'selector', short: 'l', type: 'string', value: '', help: 'Selector (label query) to filter on' },
  ],
  run: async (run) => {
    const wanted = run.flags.int('revision');
    if (wanted < 0) throw plainError(`revision must be a positive integer: ${wanted}`);
    const format = formatOf(run);
    return each(run, await namedObjects(run, run.args, { many: true, missing: 'error: required resource not specified' }), async (one) => {
      const object = await fetch(run, one);
      const revisions = await revisionsOf(run, one, object);
      if (format.type !== 'table' && format.type !== 'wide') {
        const chosen = revisions.find((revision) => revision.number === wanted) ?? revisions.at(-1);
        if (!chosen || (wanted > 0 && chosen.number !== wanted)) throw plainError(`unable to find the specified revision`);
        return printObject(run, format, object, undefined);
      }
      const head = `${one.resource.singular}.${one.resource.group}/${one.name}`;
      if (wanted > 0) {
        const chosen = revisions.find((revision) => revision.number === wanted);
        if (!chosen) throw plainError(`unable to find the specified revision`);
        const writer = new Writer();
        writer.line(0, 'Pod Template:');
        describePodTemplate(writer, chosen.template);
        run.out(`${head} with revision #${wanted}\n${writer.raw()}\n`);
        return;
      }
      const rows = revisions.map((revision) => `${String(revision.number).padEnd(10)}${revision.cause}\n`).join('');
      run.out(`${head} \n${revisions.length === 0 ? 'No rollout history found.' : `REVISION  CHANGE-CAUSE\n${rows}`}\n`);
    });
  },
};

async function revisionsOf(run: Run, one: Named, object: KubeObject): Promise<readonly Revision[]> {
  const owned = (item: KubeObject) => item.metadata?.ownerReferences?.some((owner) => owner.controller && owner.uid === object.metadata?.uid);
  const listOf = async (plural: string) => {
    const selector = selectorOf(one.resource, object);
    const list = await run.client.json<List>('GET', `${pathOf({ group: 'apps', version: 'v1', plural, namespaced: true }, one.namespace)}?labelSelector=${encodeURIComponent(selector)}`);
    return list.items.filter(owned);
  };
  const causeOf = (item: KubeObject) => item.metadata?.annotations?.[CAUSE] || '<none>';
  if (object.kind === 'Deployment') {
    return (await listOf('replicasets')).map((item): Revision => ({ number: Number(item.metadata?.annotations?.[REVISION] ?? 0), cause: causeOf(item), template: dig(item, 'spec', 'template') as KubeObject })).filter((item) => item.number > 0).sort((a, b) => a.number - b.number);
  }
  if (object.kind === 'DaemonSet' || object.kind === 'StatefulSet') {
    return (await listOf('controllerrevisions')).map((item): Revision => ({ number: Number(item['revision']), cause: causeOf(item), template: dig(item, 'data', 'spec', 'template') as KubeObject })).sort((a, b) => a.number - b.number);
  }
  throw plainError(`no history viewer has been implemented for "${object.kind}"`);
}

export const undo: Verb = {
  name: 'undo', short: 'Undo a previous rollout', long: 'Roll back to a previous rollout.', examples: '# Roll back to the previous deployment\nkubectl rollout undo deployment/abc\n\n# Roll back to daemonset revision 3\nkubectl rollout undo daemonset/abc --to-revision=3',
  usage: 'rollout undo (TYPE NAME | TYPE/NAME) [flags] [options]',
  flags: [
    ...FILE_FLAGS, ...RESULT_FLAGS, DRY_RUN_FLAG,
    { name: 'to-revision', type: 'int', value: '0', help: 'The revision to rollback to. Default to 0 (last revision).' },
    { name: 'selector', short: 'l', type: 'string', value: '', help: 'Selector (label query) to filter on' },
  ],
  run: async (run) => {
    const wanted = run.flags.int('to-revision');
    const dryRun = dryRunOf(run);
    return each(run, await namedObjects(run, run.args, { many: true, missing: 'error: required resource not specified' }), async (one) => {
      const object = await fetch(run, one);
      if (!['Deployment', 'DaemonSet', 'StatefulSet'].includes(object.kind ?? '')) throw plainError(`no rollbacker has been implemented for ${JSON.stringify(object.kind)}`);
      const revisions = await revisionsOf(run, one, object);
      if (dig(object, 'spec', 'paused') === true) throw plainError("you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again");
      const chosen = wanted > 0 ? revisions.find((revision) => revision.number === wanted) : revisions.at(-2);
      if (!chosen) throw plainError(wanted > 0 ? `unable to find specified revision ${wanted} in history` : `no rollout history found for ${object.kind?.toLowerCase()} ${JSON.stringify(one.name)}`);
      const template = withoutHash(chosen.template);
      if (dryRun === 'client') return run.out(`${object.kind === 'Deployment' ? 'deployment.apps' : `${one.resource.singular}.apps`}/${one.name} Pod Template:\n${templateText(template)} (dry run)\n`);
      if (JSON.stringify(template) === JSON.stringify(withoutHash(dig(object, 'spec', 'template') as KubeObject))) return printResult(run, object, `skipped rollback (current template already matches revision ${chosen.number})`, dryRun);
      const query = dryRun === 'server' ? '?dryRun=All' : '';
      const body = [{ op: 'replace', path: '/spec/template', value: template }];
      printResult(run, await run.client.json<KubeObject>('PATCH', pathTo(one) + query, { body, contentType: 'application/json-patch+json' }), 'rolled back', dryRun);
    });
  },
};

function withoutHash(template: KubeObject): KubeObject {
  const { 'pod-template-hash': _, ...labels } = template.metadata?.labels ?? {};
  // A ControllerRevision keeps its template as a patch that replaces.
  const { $patch: _directive, ...plain } = template;
  return { ...plain, metadata: { ...template.metadata, labels } };
}

function templateText(template: KubeObject): string {
  const writer = new Writer();
  describePodTemplate(writer, template);
  return writer.raw();
}
