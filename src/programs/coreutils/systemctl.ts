/** systemctl: a node's services. Words are those of systemd 252. */
import type { Unit } from '../../machine/units.ts';
import { parseSignal } from '../../shell/builtins/job-control.ts';
import { strftime } from './time.ts';
import { journalLine } from './journalctl.ts';
import { type Tool, tool } from './tool.ts';

export const systemctl = tool({
  name: 'systemctl', short: 'lqan:t:p:fs:',
  long: { 'no-pager': 'no-pager', full: 'l', quiet: 'q', all: 'a', lines: 'n', type: 't', property: 'p', now: 'now', force: 'f', signal: 's', state: 'state:', failed: 'failed', value: 'value', 'no-legend': 'no-legend' },
  absent: ['o', 'output', 'H', 'host', 'M', 'machine', 'user', 'P', 'show-types', 'no-block', 'no-reload', 'runtime', 'job-mode', 'kill-whom', 'reverse', 'after', 'before', 'r', 'recursive', 'i', 'T'],
  withoutEffect: { 'no-pager': 'nothing is paged', l: 'names are never cut', f: 'nothing here has to be forced' },
  async run(t) {
    const [verb = 'list-units', ...names] = t.operands;
    const { units } = t.process.machine;
    switch (verb) {
      case 'daemon-reload': case 'reset-failed': return 0;
      case 'list-units': return await list(t, units.list().filter((unit) => isListed(t, unit)));
      case 'list-unit-files': {
        const files = units.list().filter(() => isService(t));
        if (!t.has('no-legend')) await t.write(`${'UNIT FILE'.padEnd(30)} STATE    PRESET\n`);
        for (const unit of files) await t.write(`${unit.options.name.padEnd(30)} ${(unit.enabled ? 'enabled' : 'disabled').padEnd(8)} enabled\n`);
        if (!t.has('no-legend')) await t.write(`\n${files.length} unit files listed.\n`);
        return 0;
      }
      case 'is-system-running': await t.write(units.list().some((unit) => unit.state === 'failed') ? 'degraded\n' : 'running\n'); return 0;
      default:
    }
    if (!['start', 'stop', 'restart', 'reload', 'status', 'is-active', 'is-enabled', 'is-failed', 'enable', 'disable', 'cat', 'show', 'kill'].includes(verb)) {
      await t.process.stderr.write(`Unknown command verb ${verb}.\n`);
      return 1;
    }
    if (names.length === 0 && verb !== 'status') {
      await t.process.stderr.write('Too few arguments.\n');
      return 1;
    }
    let status = 0;
    for (const name of names.length > 0 ? names : units.list().map((unit) => unit.options.name)) {
      const unit = units.get(name);
      status = (unit ? await act(t, verb, unit) : await missing(t, verb, name.includes('.') ? name : `${name}.service`)) || status;
    }
    return status;
  },
});

/** Every unit here is a service. */
const isService = (t: Tool): boolean => !t.has('t') || t.value('t')!.split(',').includes('service');

function isListed(t: Tool, unit: Unit): boolean {
  if (!isService(t)) return false;
  const states = t.has('failed') ? ['failed'] : t.value('state')?.split(',');
  return states ? states.some((state) => [unit.state, subState(unit), 'loaded'].includes(state)) : t.has('a') || unit.state !== 'inactive';
}

async function missing(t: Tool, verb: string, name: string): Promise<number> {
  const say = (text: string) => t.process.stderr.write(`${text}\n`);
  switch (verb) {
    case 'status': await say(`Unit ${name} could not be found.`); return 4;
    case 'is-active': case 'is-failed': if (!t.has('q')) await t.write('inactive\n'); return verb === 'is-active' ? 3 : 1;
    case 'is-enabled': await say(`Failed to get unit file state for ${name}: No such file or directory`); return 1;
    case 'cat': await say(`No files found for ${name}.`); return 1;
    case 'enable': case 'disable': await say(`Failed to ${verb} unit: Unit file ${name} does not exist.`); return 1;
    case 'stop': await say(`Failed to stop ${name}: Unit ${name} not loaded.`); return 5;
    default: await say(`Failed to ${verb} ${name}: Unit ${name} not found.`); return 5;
  }
}

async function act(t: Tool, verb: string, unit: Unit): Promise<number> {
  const { units, clock } = t.process.machine;
  const { name } = unit.options;
  switch (verb) {
    case 'stop': units.stop(unit); return 0;
    case 'restart':
      units.stop(unit);
      // A restart takes the moment that the old process needs to end.
      await clock.sleep(100, t.process.signal);
      return await begin(t, unit);
    case 'start': case 'reload': return await begin(t, unit);
    case 'kill': return await signal(t, unit);
    case 'is-active': if (!t.has('q')) await t.write(`${unit.state}\n`); return unit.state === 'active' ? 0 : 3;
    case 'is-failed': if (!t.has('q')) await t.write(`${unit.state}\n`); return unit.state === 'failed' ? 0 : 1;
    case 'is-enabled': await t.write(unit.enabled ? 'enabled\n' : 'disabled\n'); return unit.enabled ? 0 : 1;
    case 'enable': case 'disable': {
      const on = verb === 'enable';
      const link = `/etc/systemd/system/multi-user.target.wants/${name}`;
      if (unit.enabled !== on) await t.process.stderr.write(on ? `Created symlink ${link} → ${pathOf(unit)}.\n`.replace('→', '\xe2\x86\x92') : `Removed ${link.startsWith('/') ? `"${link}"` : link}.\n`);
      unit.enabled = on;
      if (t.has('now')) return on ? await begin(t, unit) : (units.stop(unit), 0);
      return 0;
    }
    case 'cat': await t.write(unitFiles(t, unit) ?? `# ${pathOf(unit)}\n[Unit]\nDescription=${unit.options.description}\n${unit.options.docs ? `Documentation=${unit.options.docs}\n` : ''}\n[Service]\nExecStart=${unit.options.command.join(' ')}\nRestart=always\n\n[Install]\nWantedBy=multi-user.target\n`); return 0;
    case 'show': {
      const properties = { Id: name, Description: unit.options.description, LoadState: 'loaded', ActiveState: unit.state, SubState: subState(unit), MainPID: String(unit.mainPid ?? 0), NRestarts: String(unit.restarts), FragmentPath: pathOf(unit), UnitFileState: unit.enabled ? 'enabled' : 'disabled' };
      const wanted = t.has('p') ? t.values('p').flatMap((text) => text.split(',')) : undefined;
      for (const [key, value] of Object.entries(properties)) if (!wanted || wanted.includes(key)) await t.write(t.has('value') ? `${value}\n` : `${key}=${value}\n`);
      return 0;
    }
    default: return await showStatus(t, unit);
  }
}

async function signal(t: Tool, unit: Unit): Promise<number> {
  const name = parseSignal(t.value('s') ?? 'SIGTERM');
  if (name === undefined) {
    await t.process.stderr.write(`Failed to parse signal string ${t.value('s')}.\n`);
    return 1;
  }
  if (unit.mainPid !== undefined) t.process.machine.processes.get(unit.mainPid)?.signal(name);
  return 0;
}

/** The unit's file and what lies beside it to change it; undefined where a machine has its units without files. */
function unitFiles(t: Tool, unit: Unit): string | undefined {
  const { files } = t.process;
  const path = pathOf(unit);
  return files.exists(path) ? [path, ...dropInsOf(t, unit)].map((one) => `# ${one}\n${files.read(one)}`).join('\n') : undefined;
}

function dropInsOf(t: Tool, unit: Unit): readonly string[] {
  const folder = `${pathOf(unit)}.d`;
  return t.process.files.exists(folder) ? [...t.process.files.list(folder)].sort().map((name) => `${folder}/${name}`) : [];
}

function dropInTree(t: Tool, unit: Unit): string {
  const names = dropInsOf(t, unit).map((path) => path.split('/').at(-1));
  return names.length === 0 ? '' : `    Drop-In: ${pathOf(unit)}.d\n             \xe2\x94\x94\xe2\x94\x80${names.join(', ')}\n`;
}

async function begin(t: Tool, unit: Unit): Promise<number> {
  if (t.process.machine.units.start(unit)) return 0;
  await t.process.stderr.write(`Job for ${unit.options.name} failed because the control process exited with error code.\nSee "systemctl status ${unit.options.name}" and "journalctl -xeu ${unit.options.name}" for details.\n`);
  return 1;
}

const pathOf = (unit: Unit): string => unit.options.path ?? `/lib/systemd/system/${unit.options.name}`;
const subState = (unit: Unit): string => ({ active: 'running', inactive: 'dead', failed: 'failed', activating: 'auto-restart' })[unit.state];

async function list(t: Tool, units: readonly Unit[]): Promise<number> {
  const width = Math.max(4, ...units.map((unit) => unit.options.name.length));
  if (!t.has('no-legend')) await t.write(`  ${'UNIT'.padEnd(width)} LOAD   ACTIVE   SUB     DESCRIPTION\n`);
  for (const unit of units) await t.write(`${unit.state === 'failed' ? '\xe2\x97\x8f' : ' '} ${unit.options.name.padEnd(width)} loaded ${unit.state.padEnd(8)} ${subState(unit).padEnd(7)} ${unit.options.description}\n`);
  if (!t.has('no-legend')) await t.write(`\nLOAD   = Reflects whether the unit definition was properly loaded.\nACTIVE = The high-level unit activation state, i.e. generalization of SUB.\nSUB    = The low-level unit activation state, values depend on unit type.\n${units.length} loaded units listed.\n`);
  return 0;
}

async function showStatus(t: Tool, unit: Unit): Promise<number> {
  const { units, clock, processes } = t.process.machine;
  const { name, description, docs } = unit.options;
  const dot = unit.state === 'active' || unit.state === 'activating' ? '\xe2\x97\x8f' : unit.state === 'failed' ? '\xc3\x97' : '\xe2\x97\x8b';
  const since = `since ${strftime('%a %F %T UTC', unit.sinceUnixMs)}; ${ago(clock.unixMs() - unit.sinceUnixMs)} ago`;
  const active = unit.state === 'active' ? `active (running) ${since}` : unit.state === 'failed' ? `failed (Result: exit-code) ${since}` : unit.state === 'activating' ? `activating (auto-restart) (Result: exit-code) ${since}` : `inactive (dead)${unit.sinceUnixMs > 0 ? ` ${since}` : ''}`;
  await t.write(`${dot} ${name} - ${description}\n     Loaded: loaded (${pathOf(unit)}; ${unit.enabled ? 'enabled' : 'disabled'}; preset: enabled)\n${dropInTree(t, unit)}     Active: ${active}\n`);
  if (docs) await t.write(`       Docs: ${docs}\n`);
  if (unit.mainPid !== undefined) await t.write(`   Main PID: ${unit.mainPid} (${processes.get(unit.mainPid)?.comm ?? unit.options.command[0]?.split('/').at(-1) ?? ''})\n      Tasks: 1\n     CGroup: /system.slice/${name}\n             \xe2\x94\x94\xe2\x94\x80${unit.mainPid} ${(processes.get(unit.mainPid)?.argv ?? unit.options.command).join(' ')}\n`);
  else if (unit.exit) await t.write(`   Main PID: ${unit.exit.pid} (${unit.exit.words})\n`);
  const entries = units.journal().filter((entry) => entry.unit === name).slice(-Number(t.value('n') ?? 10));
  if (entries.length > 0) await t.write(`\n${entries.map((entry) => journalLine(entry, t.process.machine.hostname)).join('')}`);
  return unit.state === 'active' ? 0 : 3;
}

function ago(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}min${seconds < 600 && seconds % 60 ? ` ${seconds % 60}s` : ''}`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h${Math.floor(seconds / 60) % 60 ? ` ${Math.floor(seconds / 60) % 60}min` : ''}`;
  return `${Math.floor(seconds / 86_400)} day${seconds >= 172_800 ? 's' : ''}`;
}
