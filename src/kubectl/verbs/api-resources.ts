/** `kubectl api-resources` and `api-versions`. See kubectl/pkg/cmd/apiresources. */
import type { Verb } from '../command.ts';
import { KubectlError, plainError, usageError } from '../io.ts';
import { goJsonIndent } from '../output/go-json.ts';
import { printTable } from '../print-table.ts';
import { qualified } from '../resources.ts';
import { toYaml } from '../output/yaml.ts';

export const apiResources: Verb = {
  name: 'api-resources', short: 'Print the supported API resources on the server', long: 'Print the supported API resources on the server.', examples: '# Print the supported API resources\nkubectl api-resources\n\n# Print the supported namespaced resources\nkubectl api-resources --namespaced=true', usage: 'api-resources [options]',
  flags: [
    { name: 'output', short: 'o', type: 'string', value: '', help: 'Output format. One of: (json, yaml, name, wide).' },
    { name: 'api-group', type: 'string', value: '', help: 'Limit to resources in the specified API group.' },
    { name: 'namespaced', type: 'bool', value: true, help: 'If false, non-namespaced resources will be returned, otherwise returning namespaced resources by default.' },
    { name: 'verbs', type: 'strings', help: 'Limit to resources that support the specified verbs.' },
    { name: 'categories', type: 'strings', help: 'Limit to resources that belong to the specified categories.' },
    { name: 'sort-by', type: 'string', value: '', help: "If non-empty, sort list of resources using specified field. The field can be either 'name' or 'kind'." },
    { name: 'no-headers', type: 'bool', value: false, help: 'When using the default or custom-column output format, don\'t print headers (default print headers).' },
    { name: 'cached', type: 'bool', value: false, help: 'Use the cached list of resources if available.' },
  ],
  run: async (run) => {
    const { flags } = run;
    if (run.args.length > 0) throw usageError(run.command, `unexpected arguments: [${run.args.join(' ')}]`);
    const output = flags.text('output');
    if (!['', 'wide', 'name', 'json', 'yaml'].includes(output)) throw plainError(`--output ${output} is not available`);
    const sort = flags.text('sort-by');
    if (!['', 'name', 'kind'].includes(sort)) throw plainError("--sort-by accepts only name or kind");
    const all = (flags.bool('cached') ? await run.resources() : await run.freshResources()).preferred().filter((one) =>
      (!flags.has('api-group') || one.group === flags.text('api-group')) && (!flags.has('namespaced') || one.namespaced === flags.bool('namespaced')) &&
      flags.list('verbs').every((verb) => one.verbs.includes(verb)) && flags.list('categories').every((category) => one.categories.includes(category)) && one.verbs.length > 0);
    const versionOf = (one: (typeof all)[number]) => (one.group ? `${one.group}/${one.version}` : one.version);
    const by = sort === 'kind' ? (one: (typeof all)[number]) => [one.kind] : sort === 'name' ? (one: (typeof all)[number]) => [one.plural] : (one: (typeof all)[number]) => [one.group, one.version, one.plural];
    const sorted = [...all].sort((a, b) => (by(a).join('\0') < by(b).join('\0') ? -1 : 1));
    if (output === 'name') {
      run.out(sorted.map((one) => `${qualified(one)}\n`).join(''));
      return 0;
    }
    if (output === 'json' || output === 'yaml') {
      const list = { apiVersion: 'v1', groupVersion: '', kind: 'APIResourceList', resources: sorted.map((one) => ({ name: one.plural, singularName: one.singular, namespaced: one.namespaced, group: one.group || undefined, version: one.version, kind: one.kind, verbs: one.verbs, shortNames: one.shortNames.length > 0 ? one.shortNames : undefined, categories: one.categories.length > 0 ? one.categories : undefined })) };
      run.out(output === 'json' ? `${goJsonIndent(list)}\n` : toYaml(list));
      return 0;
    }
    const wide = output === 'wide';
    const rows = sorted.map((one) => [one.plural, one.shortNames.join(','), versionOf(one), String(one.namespaced), one.kind, ...(wide ? [one.verbs.join(','), one.categories.join(',')] : [])]);
    const header = ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND', ...(wide ? ['VERBS', 'CATEGORIES'] : [])];
    run.out(printTable(flags.bool('no-headers') ? rows : [header, ...rows]));
    return 0;
  },
};

export const apiVersions: Verb = {
  name: 'api-versions', short: 'Print the supported API versions on the server, in the form of "group/version"', long: 'Print the supported API versions on the server, in the form of "group/version".', examples: '# Print the supported API versions\nkubectl api-versions', usage: 'api-versions', flags: [],
  run: async (run) => {
    if (run.args.length > 0) throw usageError(run.command, `unexpected arguments: [${run.args.join(' ')}]`);
    const [core, groups] = await Promise.all([run.client.json<{ versions?: string[] }>('GET', '/api'), run.client.json<{ groups?: { versions: { groupVersion: string }[] }[] }>('GET', '/apis')]);
    const versions = [...(core.versions ?? []), ...(groups.groups ?? []).flatMap((group) => group.versions.map((one) => one.groupVersion))];
    if (versions.length === 0) throw new KubectlError('error: couldn\'t get available api versions from server');
    run.out(versions.sort().map((one) => `${one}\n`).join(''));
    return 0;
  },
};
