/** `kubectl taint`. See kubectl/pkg/cmd/taint. */
import type { Verb } from '../command.ts';
import { each } from '../each.ts';
import { plainError, usageError } from '../io.ts';
import { fetch, namedObjects, pathTo } from '../named.ts';
import { dig, type KubeObject } from '../object.ts';
import { DRY_RUN_FLAG, dryRunOf, printResult, RESULT_FLAGS } from '../result.ts';
import { managerFlag } from '../send.ts';

interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
  readonly timeAdded?: string;
}

interface Removal {
  readonly key: string;
  readonly effect?: string;
}

export const taint: Verb = {
  name: 'taint', short: 'Update the taints on one or more nodes',
  long: 'Update the taints on one or more nodes.\n\n  *  A taint consists of a key, value, and effect. As an argument here, it is expressed as key=value:effect.\n  *  The effect must be NoSchedule, PreferNoSchedule or NoExecute.\n  *  Currently taint can only apply to node.',
  examples: "# Update node 'foo' with a taint with key 'dedicated' and value 'special-user' and effect 'NoSchedule'\nkubectl taint nodes foo dedicated=special-user:NoSchedule\n\n# Remove from node 'foo' the taint with key 'dedicated' and effect 'NoSchedule' if one exists\nkubectl taint nodes foo dedicated:NoSchedule-",
  usage: 'taint NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N [options]',
  flags: [
    ...RESULT_FLAGS, DRY_RUN_FLAG, managerFlag('kubectl-taint'),
    { name: 'selector', short: 'l', type: 'string', value: '', help: 'Selector (label query) to filter on' },
    { name: 'all', type: 'bool', value: false, help: 'Select all nodes in the cluster' },
    { name: 'overwrite', type: 'bool', value: false, help: 'If true, allow taints to be overwritten, otherwise reject taint updates that overwrite existing taints.' },
  ],
  run: async (run) => {
    const { flags } = run;
    const at = run.args.findIndex((arg) => /[=:]/.test(arg) || arg.endsWith('-'));
    const [targets, specs] = at < 0 ? [run.args, []] : [run.args.slice(0, at), run.args.slice(at)];
    if (targets.length === 0) throw plainError('one or more resources must be specified as <resource> <name>');
    if (specs.length === 0) throw plainError('at least one taint update is required');
    const type = targets[0]!.split('/')[0]!;
    if (!['node', 'nodes', 'no'].includes(type.toLowerCase())) throw plainError(`invalid resource type ${type}, only node types are supported`.replace(`${type},`, `${type},`));
    if (flags.bool('all') && flags.text('selector')) throw plainError('setting \'all\' parameter with a non empty selector is prohibited');
    if (!flags.bool('all') && !flags.text('selector') && targets.length < 2 && !targets[0]!.includes('/')) throw plainError('at least one resource name must be specified since \'all\' parameter is not set');
    const { add, remove } = parseTaints(specs, run.command);
    const dryRun = dryRunOf(run);
    return each(run, await namedObjects(run, targets, { many: true }), async (named) => {
      const node = await fetch(run, named);
      const known = (dig(node, 'spec', 'taints') as Taint[] | undefined) ?? [];
      const clash = add.find((one) => known.some((old) => old.key === one.key && old.effect === one.effect));
      if (clash && !flags.bool('overwrite')) throw plainError(`node ${named.name} already has ${[...new Set(add.filter((one) => known.some((old) => old.key === one.key && old.effect === one.effect)).map((one) => one.key))].join(',')} taint(s) with same effect(s) and --overwrite is false`);
      for (const one of remove) {
        if (known.some((old) => old.key === one.key && (one.effect === undefined || old.effect === one.effect))) continue;
        throw plainError(`taint ${one.effect === undefined ? JSON.stringify(one.key) : JSON.stringify(`${one.key}:${one.effect}`)} not found`);
      }
      const kept = known.filter((old) => !add.some((one) => one.key === old.key && one.effect === old.effect) && !remove.some((one) => one.key === old.key && (one.effect === undefined || one.effect === old.effect)));
      const taints = [...add, ...kept];
      const operation = remove.length === 0 ? (clash ? 'modified' : 'tainted') : add.length === 0 ? 'untainted' : 'modified';
      if (dryRun === 'client') return printResult(run, { ...node, spec: { ...(node['spec'] as object), taints } }, operation);
      const query = `?fieldManager=${flags.text('field-manager')}${dryRun === 'server' ? '&dryRun=All' : ''}`;
      // Taints are an atomic list: the whole of it goes out.
      const answer = await run.client.json<KubeObject>('PATCH', pathTo(named) + query, { body: { spec: { taints: taints.length > 0 ? taints : null } }, contentType: 'application/strategic-merge-patch+json' });
      printResult(run, answer, operation, dryRun);
    });
  },
};

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

function parseTaints(specs: readonly string[], command: string): { add: readonly Taint[]; remove: readonly Removal[] } {
  const add: Taint[] = [];
  const remove: Removal[] = [];
  for (const spec of specs) {
    if (spec.endsWith('-')) {
      const [key = '', effect] = spec.slice(0, -1).split(':');
      if (effect !== undefined && !EFFECTS.includes(effect)) throw usageError(command, `invalid taint effect: ${effect}, unsupported taint effect`);
      remove.push({ key: key.split('=')[0]!, ...(effect === undefined ? {} : { effect }) });
      continue;
    }
    const parts = spec.split(':');
    const [pair = '', effect = ''] = parts;
    const [key = '', value, ...more] = pair.split('=');
    if (parts.length !== 2 || more.length > 0 || key === '') throw usageError(command, `invalid taint spec: ${spec}`);
    if (!EFFECTS.includes(effect)) throw usageError(command, `invalid taint effect: ${effect}, unsupported taint effect`);
    if (add.some((one) => one.key === key && one.effect === effect)) throw usageError(command, `duplicated taints with the same key and effect: {${key} ${value ?? ''} ${effect} <nil>}`);
    add.push({ effect, key, ...(value ? { value } : {}) });
  }
  return { add, remove };
}
