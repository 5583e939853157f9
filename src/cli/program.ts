/**
 * From argument words to a command and an exit code: 0 done or full marks, 1 a check failed, 2 wrong usage, 3 the
 * environment is broken. The door where refusals are told and nothing else is caught. Knows no command by name.
 */
import { Argument, Command, CommanderError, Option } from 'commander';
import { UserError } from '../base/user-error.ts';
import { asTyped } from './as-typed.ts';
import { type Cli, type CliCommand, type CliOptions, EXIT, JSON_OPTION, printJson } from './command.ts';

/**
 * Parse and run. Never throws.
 * @param screens what to do without a command
 */
export async function runCommandLine(argv: readonly string[], cli: Cli, commands: readonly CliCommand[], screens: (options: CliOptions) => Promise<number>): Promise<number> {
  let code: number = EXIT.done;
  let isAnswered = false;
  const watched: Cli = { ...cli, out: (text) => ((isAnswered = true), cli.out(text)) };
  try {
    const ofScreens = screenOptions(argv);
    if (ofScreens) return await screens(ofScreens);
    const root = buildProgram(watched, commands, (result) => {
      code = result;
    });
    await root.parseAsync(usualWords(argv, commands), { from: 'user' });
    return code;
  } catch (error) {
    return tell(error, cli, !isAnswered && asksForJson(argv, commands));
  }
}

/** `--json`, where it is not a word of another program. */
function asksForJson(argv: readonly string[], commands: readonly CliCommand[]): boolean {
  const ours = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  const command = commands.find(({ name }) => ours.slice(0, 2).join(' ') === name || ours[0] === name);
  return ours.includes('--json') && (command === undefined || command.options?.includes(JSON_OPTION) === true);
}

/** What fingers know from other programs: `help lab start`, `lab help start`, `version`. */
function usualWords(argv: readonly string[], commands: readonly CliCommand[]): string[] {
  const [first, second] = argv;
  if (first === 'version') return ['--version', ...argv.slice(1)];
  if (first === 'help') return [...argv.slice(1), '--help'];
  const isGroup = commands.some(({ name }) => name.startsWith(`${first} `));
  return isGroup && second === 'help' ? [first!, ...argv.slice(2), '--help'] : [...argv];
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

/**
 * @param asJson a script asked: what went wrong is one value on standard output too
 * @returns the exit code for what went wrong, after telling it
 */
export function tell(error: unknown, cli: Pick<Cli, 'out' | 'err' | 'env'>, asJson = false): number {
  // The help, which is told already: asked for, or in place of a command that was left out.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  const { message, action, exitCode } = error instanceof UserError ? error : unexpected(error);
  if (asJson) printJson(cli, { error: message, try: asTyped(action, cli.env), exitCode });
  cli.err(asTyped(`Error: ${message}\nTry: ${action}\n`, cli.env));
  if (!(error instanceof UserError) && cli.env['CKA_DEBUG'] !== undefined && error instanceof Error) cli.err(`${error.stack}\n`);
  return exitCode;
}

function unexpected(error: unknown): UserError {
  const said = error instanceof Error ? error.message : String(error);
  switch ((error as NodeJS.ErrnoException | undefined)?.code) {
    // Where nobody had a better word for it: what the machine lacks is no bug.
    case 'ENOSPC':
    case 'EDQUOT': return new UserError(`The disk is full: ${said}`, 'Free some space, then do it again.', EXIT.broken);
    case 'EROFS': return new UserError(`The disk cannot be written: ${said}`, 'Set CKA_HOME to a folder that you can write to.', EXIT.broken);
    default: return new UserError(said, '`cka doctor` looks for what is broken; if it finds nothing, this is a bug in cka.', EXIT.broken);
  }
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
  for (const { flags, description, choices, default: value } of spec.options ?? []) {
    const option = new Option(flags, description).default(value);
    command.addOption(choices ? option.choices([...choices]) : option);
  }
  if (spec.examples) command.addHelpText('after', `\nExamples:\n${spec.examples.map((example) => `  ${example}`).join('\n')}`);
  if (spec.passThrough) command.passThroughOptions().allowUnknownOption().helpOption(false);
  // `cka ssh worker iptables -S`: what is no option of ours belongs to the command over there.
  if (spec.arguments?.some(({ name }) => /command\.\.\.[\]>]$/.test(name))) command.allowUnknownOption();
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
    outputError(text) {
      throw mistyped(text, command);
    },
  });
}

/** commander: `error: unknown option '--jso'\n(Did you mean --json?)`. */
function mistyped(text: string, command: Command): UserError {
  const [, first = text, guess] = /^error: (.*?)\n(?:\(Did you mean (?:one of )?(.*)\?\)\n)?$/s.exec(text) ?? [];
  const meant = guess?.split(', ').map((word) => `${path(command)} ${word}`).join(' or ');
  return new UserError(`${first[0]!.toUpperCase()}${first.slice(1)}`, meant ?? `${path(command)} --help`, EXIT.usage);
}

function path(command: Command): string {
  return command.parent ? `${path(command.parent)} ${command.name()}` : command.name();
}
