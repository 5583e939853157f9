/** `cka pack new`: a pack that explains itself, and proves itself before its author has changed a letter. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { asTyped } from '../as-typed.ts';
import { type CliCommand, EXIT, JSON_OPTION, printJson } from '../command.ts';

export const packNew: CliCommand = {
  name: 'pack new',
  summary: 'begin a pack of your own, with one lab that works',
  arguments: [{ name: '<folder>', description: 'the folder to make' }],
  options: [JSON_OPTION],
  examples: ['cka pack new ./my-pack && cka pack test ./my-pack'],
  async run(cli, [typed], options) {
    const root = resolve(typed!);
    if (existsSync(root)) throw new UserError(`${typed} exists already.`, 'Give the name of a folder that does not exist.', 2);
    if (!/^[a-z0-9][a-z0-9-]*$/.test(basename(root))) throw new UserError(`"${basename(root)}" cannot be the name of a pack.`, 'Use lower-case letters, digits and dashes.', 2);
    for (const [path, text] of Object.entries(FILES)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    await writeFile(join(root, 'lab.schema.json'), `${JSON.stringify((await import('../../lab/lab-file.ts')).labJsonSchema(), undefined, 2)}\n`);
    if (options['json']) printJson(cli, { pack: basename(root), folder: root, files: [...Object.keys(FILES), 'lab.schema.json'] });
    else cli.out(asTyped(`Made ${typed}. Next:\n  cka pack lint ${typed}\n  cka pack test ${typed}\n`, cli.env));
    return EXIT.done;
  },
};

const LAB = '01-first';

const FILES: Readonly<Record<string, string>> = {
  'pack.yaml': 'title: My pack\ndescription: What somebody learns here, in one sentence.\n',
  [`${LAB}/lab.yaml`]: `# yaml-language-server: $schema=../lab.schema.json
# What a lab is. The line above tells editors every key (\`cka pack lint . --schema\` prints them).
title: A word for everybody        # the symptom or the wish, never the cause
domain: Workloads and Scheduling
competency: Use ConfigMaps and Secrets to configure applications
difficulty: easy
minutes: 4                         # target time
namespaces: [first]                # made at the start, removed at reset; the first is the shell's own
parameters:                        # drawn from a seed; __word__ below and in every file is filled in
  word: { oneOf: [hello, welcome, greetings] }
setup:                             # manifests, waiting, and scripts on nodes: { node: -worker, script: setup/x.sh }
  - apply: setup/pod.yaml
  - wait: { resource: pods, name: reader, namespace: first, condition: Ready }
observations:                      # hints that look at the cluster as it is
  - { when: { use: absent, with: { resource: configmaps, name: words, namespace: first } }, hint: There is no ConfigMap words yet. }
criteria:
  - id: word
    title: ConfigMap words says __word__ under the key first
    points: 2
    use: field                     # a file of checkers/; \`script\` runs an executable of this folder
    with: { resource: configmaps, name: words, namespace: first, path: data.first, equals: __word__ }
    why: Settings live in one place.
  - id: kept
    title: The pod reader still runs
    points: 1
    needs: [word]                  # what holds from the start counts only after the work
    use: ready
    with: { resource: pods, name: reader, namespace: first }
    why: Change what is asked for, and nothing else.
`,
  [`${LAB}/task.md`]: 'Create a ConfigMap `words` in the namespace `first`: the key `first` holds the word `__word__`. Leave the pod `reader` alone.\n',
  [`${LAB}/hints.md`]: 'Which kubectl command makes things without a file?\n\n---\n\nIt takes `--from-literal`.\n',
  [`${LAB}/solution.md`]: '```sh\nkubectl create configmap words --from-literal=first=__word__\n```\n',
  [`${LAB}/debrief.md`]: 'A ConfigMap keeps settings apart from images. Tell here why things are as they are.\n',
  [`${LAB}/setup/pod.yaml`]: "apiVersion: v1\nkind: Pod\nmetadata: { name: reader, namespace: first }\nspec:\n  terminationGracePeriodSeconds: 0\n  containers: [{ name: reader, image: 'busybox:1.36', command: [sleep, infinity] }]\n",
  [`${LAB}/solution.sh`]: 'kubectl create configmap words --from-literal=first=__word__\n',
  [`${LAB}/alternatives/manifest.sh`]: '# Another right way: the graders must take it.\nkubectl apply -f - <<YAML\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: words }\ndata: { first: __word__ }\nYAML\n',
  [`${LAB}/mistakes/wrong-key.sh`]: '# A plausible mistake, and who must catch it.\n# caught by: word\nkubectl create configmap words --from-literal=word=__word__\n',
  [`${LAB}/mistakes/wrong-namespace.sh`]: '# In another namespace.\n# caught by: word\nkubectl -n default create configmap words --from-literal=first=__word__\n',
  [`${LAB}/mistakes/broke-the-reader.sh`]: '# The pod is gone.\n# caught by: kept\nkubectl create configmap words --from-literal=first=__word__\nkubectl delete pod reader\n',
};
