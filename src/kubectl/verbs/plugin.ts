/** `kubectl plugin list`. See kubectl/pkg/cmd/plugin/plugin.go. */
import { basename } from 'node:path';
import type { Verb } from '../command.ts';
import { plainError } from '../io.ts';
import { allPlugins, isExecutable } from '../plugins.ts';

const list: Verb = {
  name: 'list', short: "List all visible plugin executables on a user's PATH", long: "List the programs on PATH whose names begin with 'kubectl-', in the order in which they are found.", examples: '# List all available plugins\nkubectl plugin list\n\n# List only their names\nkubectl plugin list --name-only',
  usage: 'plugin list', flags: [{ name: 'name-only', type: 'bool', value: false, help: 'If true, display only the binary name of each plugin, rather than its full path' }],
  run: (run) => {
    const plugins = allPlugins(run.io);
    if (plugins.length === 0) throw plainError('unable to find any kubectl plugins in your PATH');
    run.out('The following compatible plugins are available:\n\n');
    const first = new Map<string, string>();
    let warnings = 0;
    for (const path of plugins) {
      const name = basename(path);
      run.out(`${run.flags.bool('name-only') ? name : path}\n`);
      const hidden = first.get(name);
      const warning = hidden !== undefined ? `${path} is overshadowed by a similarly named plugin: ${hidden}` : isExecutable(path) ? undefined : `${path} identified as a kubectl plugin, but it is not executable`;
      if (warning !== undefined) run.err(`  - warning: ${warning}\n`);
      warnings += warning === undefined ? 0 : 1;
      first.set(name, hidden ?? path);
    }
    if (warnings > 0) throw plainError(warnings === 1 ? 'one plugin warning was found' : `${warnings} plugin warnings were found`);
    return Promise.resolve(0);
  },
};

export const plugin: Verb = {
  name: 'plugin', short: 'Provides utilities for interacting with plugins', helpTo: 'stdout', long: 'Commands that are not part of kubectl: any program on PATH that is named kubectl-NAME runs as kubectl NAME.',
  examples: '# List all available plugins\nkubectl plugin list', usage: 'plugin [flags]', flags: [], verbs: [list],
};
