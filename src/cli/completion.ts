/** `cka completion`: the script a shell evaluates, and the hidden command that the script asks. Offers labs and nodes by name. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { unreachable } from '../base/assert.ts';
import { type Cli, type CliArgument, type CliCommand, EXIT } from './command.ts';
import { DEFAULT_CLUSTER, paths } from './labs.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** @param commands all of them; asked when completing */
export function completion(commands: () => readonly CliCommand[]): readonly CliCommand[] {
  return [
    {
      name: 'completion',
      summary: 'print the completion script of a shell',
      arguments: [{ name: '<shell>', description: SHELLS.join(', '), completes: 'shell' }],
      examples: ['eval "$(cka completion bash)"', 'cka completion zsh > "${fpath[1]}/_cka"', 'cka completion fish | source'],
      async run(cli, [shell]) {
        const { UserError } = await import('../base/user-error.ts');
        if (!SHELLS.some((name) => name === shell)) throw new UserError(`There is no completion for "${shell}".`, `Use one of ${SHELLS.join(', ')}.`, 2);
        const { script } = await import('@bomb.sh/tab');
        const text = captured(() => script(shell!, 'cka', 'cka'));
        cli.out(`${shell === 'bash' ? await forAnyBash(text) : text}\n`);
        return EXIT.done;
      },
    },
    {
      name: 'complete',
      summary: 'answer a completion script',
      hidden: true,
      passThrough: true,
      arguments: [{ name: '[words...]', description: 'the line so far' }],
      async run(cli, words) {
        const { RootCommand } = await import('@bomb.sh/tab');
        const root = new RootCommand();
        const names = await namesOf(cli);
        for (const command of commands()) if (!command.hidden) describe(root, command, names);
        // A word without a description is one word: zsh would print the sign before an empty one.
        cli.out(captured(() => root.parse(words[0] === '--' ? words.slice(1) : [...words])).replaceAll(/\t$/gm, ''));
        return EXIT.done;
      },
    },
  ];
}

/** With or without the package bash-completion, and evaluated twice without a word about what is read-only. */
async function forAnyBash(text: string): Promise<string> {
  const { WITHOUT_BASH_COMPLETION } = await import('../lab/shell/start-up-files.ts');
  return `${WITHOUT_BASH_COMPLETION}\n${text.replaceAll(/^readonly (?=ShellComp)/gm, '')}`;
}

type Root = InstanceType<typeof import('@bomb.sh/tab').RootCommand>;

function describe(root: Root, spec: CliCommand, names: Names): void {
  const group = spec.name.split(' ')[0]!;
  if (group !== spec.name && !root.commands.has(group)) root.command(group, '');
  const command = root.command(spec.name, spec.summary);
  for (const argument of spec.arguments ?? []) {
    command.argument(argument.name.replace(/[<>[\].]/g, ''), (offer) => candidates(argument, names).forEach((word) => offer(word, '')), argument.name.includes('...'));
  }
  for (const { flags, description, choices } of spec.options ?? []) {
    const name = /--([a-z-]+)/.exec(flags)![1]!;
    if (flags.includes('<')) command.option(name, description, (offer) => (choices ?? []).forEach((word) => offer(word, '')));
    else command.option(name, description);
  }
}

function candidates({ completes }: CliArgument, names: Names): readonly string[] {
  switch (completes) {
    case 'lab': return names.labs();
    case 'shell': return SHELLS;
    case 'node': return names.nodes();
    case undefined: return [];
    default: return unreachable(completes);
  }
}

/** What may be offered by name; each is looked up when it is asked for. */
interface Names {
  readonly labs: () => readonly string[];
  readonly nodes: () => readonly string[];
}

async function namesOf(cli: Cli): Promise<Names> {
  const [folders, { recordedNodes }] = await Promise.all([paths(cli), import('../cluster/recorded-nodes.ts')]);
  const cluster = cli.env['CKA_CLUSTER'] ?? DEFAULT_CLUSTER;
  return {
    labs: () => [join(cli.root, 'labs'), join(folders.data, 'packs')].flatMap(labNames),
    // Where there is none yet: as one that is made without options will call them.
    nodes: () => recordedNodes(folders, cluster) ?? ['control-plane', 'worker', 'worker2'].map((end) => `${cluster}-${end}`),
  };
}

/** From the folders' names alone: a Tab must not wait for YAML. */
function labNames(root: string): readonly string[] {
  const folders = (path: string) => (existsSync(path) ? readdirSync(path, { withFileTypes: true }) : []).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return folders(root).flatMap((pack) => folders(join(root, pack)).filter((name) => existsSync(join(root, pack, name, 'lab.yaml'))).map((name) => name.replace(/^\d+-/, '')));
}

/** The library prints; we decide where to. */
function captured(print: () => void): string {
  const original = console.log;
  const lines: string[] = [];
  console.log = (...words: unknown[]) => void lines.push(words.join(' '));
  try {
    print();
  } finally {
    console.log = original;
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
