/**
 * From argument words to a command and an exit code: 0 done or full marks, 1 a check failed, 2 wrong usage, 3 the
 * environment is broken. The door where refusals are told and nothing else is caught. Knows no command by name.
 */
import { Argument, Command, CommanderError, Option } from 'commander';
import { UserError } from '../base/user-error.ts';
import { asTyped } from './as-typed.ts';
import { type Cli, type CliCommand, type CliOptions, EXIT } from './command.ts';

/**
 * Parse and run. Never throws.
 * @param screens what to do without a command
 */
export async function runCommandLine(argv: readonly string[], cli: Cli, commands: readonly CliCommand[], screens: (options: CliOptions) => Promise<number>): Promise<number> {
  let code: number = EXIT.done;
  try {
    const ofScreens = screenOptions(argv);
    if (ofScreens) return await screens(ofScreens);
    const root = buildProgram(cli, commands, (result) => {
      code = result;
    });
    await root.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    return tell(error, cli);
  }
}

/** What was chosen for the screens, without loading the parser; undefined when there is more in the line than that. */
function screenOptions(argv: readonly string[]): CliOptions | undefined {
  const words = argv.flatMap((word) => /^(--(?:lab|prefix))=(.*)$/s.exec(word)?.slice(1) ?? [word]);
  const options: Record<string, string | boolean> = {};
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    if (word === '--plain') options['plain'] = true;
    else if (word === '--no-pane') options['pane'] = false;
    else if ((word === '--lab' || word === '--prefix') && at + 1 < words.length) options[word.slice(2)] = words[++at]!;
    else return undefined;
  }
  return options;
}

/** @returns the exit code for what went wrong, after telling it */
export function tell(error: unknown, cli: Pick<Cli, 'err' | 'env'>): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof UserError) {
    cli.err(asTyped(`Error: ${error.message}\nTry: ${error.action}\n`, cli.env));
    return error.exitCode;
  }
  const text = error instanceof Error ? error.message : String(error);
  cli.err(`Error: ${text}\nTry: ${asTyped('`cka doctor`', cli.env)} looks for what is broken; if it finds nothing, this is a bug in cka.\n`);
  if (cli.env['CKA_DEBUG'] !== undefined && error instanceof Error) cli.err(`${error.stack}\n`);
  return EXIT.broken;
}

function buildProgram(cli: Cli, commands: readonly CliCommand[], ended: (code: number) => void): Command {
  const root = new Command('cka')
    .description('Hands-on labs for the Certified Kubernetes Administrator exam, on a simulated cluster of their own.\nWithout a command: the labs on a full screen, or a short overview when there is no terminal.')
    .version(cli.version, '-V, --version')
    .option('--lab <lab>', 'without a command: open this lab at once')
    .option('--plain', 'without a command: linear text without redraw, for screen readers')
    .option('--no-pane', 'without a command: no terminal inside the screen, use a second one of your own')
    .option('--prefix <key>', 'without a command: the key that leaves the terminal inside the screen (default: ctrl-])')
    .enablePositionalOptions()
    .addHelpCommand(false)
    .addHelpText('after', '\nExamples:\n  cka\n  cka --lab cross-node-pods\n  cka lab start cross-node-pods\n  cka lab check\n  cka sim');
  prepare(root, cli);
  for (const spec of commands) add(root, spec, cli, ended);
  return root;
}

function add(root: Command, spec: CliCommand, cli: Cli, ended: (code: number) => void): void {
  const words = spec.name.split(' ');
  const parent = words.length === 1 ? root : group(root, words[0]!, cli);
  const command = new Command(words.at(-1)!).description(spec.summary);
  prepare(command, cli);
  for (const { name, description } of spec.arguments ?? []) command.addArgument(new Argument(name, description));
  for (const { flags, description, choices, default: value, hidden } of spec.options ?? []) {
    const option = new Option(flags, description).default(value).hideHelp(hidden ?? false);
    command.addOption(choices ? option.choices([...choices]) : option);
  }
  if (spec.examples) command.addHelpText('after', `\nExamples:\n${spec.examples.map((example) => `  ${example}`).join('\n')}`);
  if (spec.passThrough) command.passThroughOptions().allowUnknownOption().helpOption(false);
  command.action(async (...received: unknown[]) => {
    const args = received.slice(0, -2).flat().filter((arg): arg is string => typeof arg === 'string');
    ended(await spec.run(cli, args, received.at(-2) as CliOptions));
  });
  parent.addCommand(command, { hidden: spec.hidden ?? false });
}

const GROUPS: Readonly<Record<string, string>> = {
  lab: 'list, start, check and finish labs',
  exam: 'mock exams and drills, with a report',
  cluster: 'the clusters that labs run on',
  node: 'the nodes of a cluster',
  pack: 'packs of labs: write, prove, share',
};

function group(root: Command, name: string, cli: Cli): Command {
  const known = root.commands.find((command) => command.name() === name);
  if (known) return known;
  const made = new Command(name).description(GROUPS[name] ?? '').addHelpCommand(false);
  prepare(made, cli);
  root.addCommand(made);
  return made;
}

/** Errors in our own shape, nothing exits by itself. */
function prepare(command: Command, cli: Cli): void {
  command.exitOverride().showSuggestionAfterError(true).configureOutput({
    writeOut: (text) => cli.out(text),
    writeErr: (text) => cli.err(text),
    outputError: (text, write) => write(asTyped(reworded(text, command), cli.env)),
  });
}

/** commander: `error: unknown option '--jso'\n(Did you mean --json?)`. */
function reworded(text: string, command: Command): string {
  const [, first, guess] = /^error: (.*?)\n(?:\(Did you mean (?:one of )?(.*)\?\)\n)?$/s.exec(text) ?? [];
  if (first === undefined) return text;
  const meant = guess?.split(', ').map((word) => `${path(command)} ${word}`).join(' or ');
  return `Error: ${first[0]!.toUpperCase()}${first.slice(1)}\nTry: ${meant ?? `${path(command)} --help`}\n`;
}

function path(command: Command): string {
  return command.parent ? `${path(command.parent)} ${command.name()}` : command.name();
}
