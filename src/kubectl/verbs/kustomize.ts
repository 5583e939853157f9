/** `kubectl kustomize`. See kubectl/pkg/cmd/kustomize. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Verb } from '../command.ts';
import { plainError } from '../io.ts';
import { toYaml } from '../output/yaml.ts';

export const kustomize: Verb = {
  name: 'kustomize', short: 'Build a kustomization target from a directory or URL', long: "Print what a folder with a 'kustomization.yaml' amounts to: resources, bases and components, generated ConfigMaps and Secrets, names, labels, images, replicas and patches. Without DIR it is the folder where you are.",
  examples: '# Build the current working directory\nkubectl kustomize\n\n# Build some shared configuration directory\nkubectl kustomize /home/config/production', usage: 'kustomize DIR',
  flags: [{ name: 'output', short: 'o', type: 'string', value: '', help: 'If specified, write output to this path.' }],
  run: async (run) => {
    if (run.args.length > 1) throw plainError('specify one path to kustomization.yaml');
    const { buildKustomization } = await import('../kustomize/build.ts');
    const objects = buildKustomization(run.args[0] ?? '.', run.io.cwd, (text) => run.err(text));
    const text = objects.map(toYaml).join('---\n');
    const output = run.flags.text('output');
    if (output === '') run.out(text);
    else writeFileSync(resolve(run.io.cwd, output), text);
    return 0;
  },
};
