/**
 * top: one look at the processes, or a look every few seconds until `q` or ^C.
 * Differs from Linux: processor and memory use are not simulated, so every process shows as idle.
 */
import { strftime } from './time.ts';
import { type Tool, tool } from './tool.ts';
import { uptimeText } from './system.ts';

export const top = tool({
  name: 'top', short: 'bn:d:p:o:w::', gnuOnly: 'pow', absent: ['H', 'threads', 'm', 'c', 'i', 'u', 'U', 's', 'S', 'e', 'E', 'O', '1'],
  withoutEffect: { o: 'every process uses as much as the others', w: 'lines are never cut' },
  async run(t) {
    const { machine, signal } = t.process;
    const rounds = t.has('n') ? Number(t.value('n')) : t.process.terminal ? Number.POSITIVE_INFINITY : t.has('b') || !t.gnu ? Number.POSITIVE_INFINITY : 0;
    if (rounds === 0) {
      await t.process.stderr.write('top: failed tty get\n');
      return 1;
    }
    for (let round = 0; round < rounds; round++) {
      if (round > 0) await machine.clock.sleep(Number(t.value('d') ?? (t.gnu ? 3 : 5)) * 1000, signal);
      if (!t.has('b') && t.process.terminal) await t.write('\x1b[H\x1b[J');
      await t.write(t.gnu ? gnuScreen(t) : busyboxScreen(t));
    }
    return 0;
  },
});

function tasks(t: Tool) {
  const { processes } = t.process.machine;
  const wanted = t.values('p').flatMap((text) => text.split(',')).map(Number);
  return processes.list().map((task) => ({ task, pid: processes.pidOf(task)!, ppid: task.parentPid(processes) })).filter(({ pid }) => wanted.length === 0 || wanted.includes(pid));
}

function gnuScreen(t: Tool): string {
  const { machine } = t.process;
  const list = tasks(t);
  const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(1).padStart(8);
  const total = machine.memoryBytes;
  const head = [
    `top - ${strftime('%H:%M:%S', machine.clock.unixMs())} up ${uptimeText(machine.clock.now() - machine.bootedAtMs)},  0 user,  load average: 0.00, 0.00, 0.00`,
    `Tasks: ${String(list.length).padStart(3)} total,   1 running, ${String(list.length - 1).padStart(3)} sleeping,   0 stopped,   0 zombie`,
    '%Cpu(s):  0.0 us,  0.0 sy,  0.0 ni,100.0 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st ',
    `MiB Mem : ${mib(total)} total, ${mib(total / 2)} free, ${mib(total / 4)} used, ${mib(total / 4)} buff/cache     `,
    `MiB Swap: ${mib(0)} total, ${mib(0)} free, ${mib(0)} used. ${mib((total * 3) / 4)} avail Mem `,
    '', '    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND',
  ];
  const rows = list.map(({ task, pid }) => `${String(pid).padStart(7)} ${task.options.user.name.slice(0, 8).padEnd(8)}  20   0    4364   1500   1300 S   0.0   0.0   0:00.00 ${task.comm}`);
  return `${[...head, ...rows].join('\n')}\n`;
}

function busyboxScreen(t: Tool): string {
  const { machine } = t.process;
  const list = tasks(t);
  const kib = (bytes: number) => `${Math.floor(bytes / 1024)}K`;
  const total = machine.memoryBytes;
  const head = [
    `Mem: ${kib(total / 4)} used, ${kib((total * 3) / 4)} free, 0K shrd, ${kib(total / 32)} buff, ${kib(total / 4)} cached`,
    'CPU:   0% usr   0% sys   0% nic 100% idle   0% io   0% irq   0% sirq',
    `Load average: 0.00 0.00 0.00 1/${list.length} ${list.at(-1)?.pid ?? 0}`,
    '  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND',
  ];
  const rows = list.map(({ task, pid, ppid }) => `${String(pid).padStart(5)} ${String(ppid).padStart(5)} ${task.options.user.name.slice(0, 8).padEnd(8)} S     4364   0%   0   0% ${task.argv.join(' ')}`);
  return `${[...head, ...rows].join('\n')}\n`;
}
