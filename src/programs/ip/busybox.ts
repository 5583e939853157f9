/**
 * `ip` of BusyBox: iproute2's first age. Reads the same words; prints less (no group, no protocol). The state is shown where
 * it was built with a C library whose headers know IFF_DORMANT, as on Alpine. See networking/libiproute/*.c.
 */
import type { Process, Program } from '../../machine/program.ts';
import { ip } from './index.ts';

export const busyboxIp = dialect('busybox-ip', '');
export const alpineIp = dialect('alpine-ip', '$2');

function dialect(name: string, state: string): Program {
  return { name, run: (process) => run(process, (text) => simplify(text, state)) };
}

function run(process: Process, simplify: (text: string) => string): Promise<number> | number {
  let pending = '';
  const simplified = {
    write: async (text: string) => {
      // Whole lines only: a rule below may span what was written in pieces.
      pending += text;
      const end = pending.lastIndexOf('\n') + 1;
      const lines = pending.slice(0, end);
      pending = pending.slice(end);
      if (lines !== '') await process.stdout.write(simplify(lines));
    },
  };
  const complaints = {
    write: (text: string) =>
      process.stderr.write(
        text
          .replace(/^Device "(.*)" does not exist\.$/m, "ip: can't find device '$1'")
          .replace(/^Cannot find device "(.*)"$/m, "ip: can't find device '$1'")
          .replace(/^(RTNETLINK answers: )/m, 'ip: $1')
          .replace(/^Error: (?:ipv4: )?Address already assigned\.$/m, 'ip: RTNETLINK answers: File exists')
          .replace(/^Error: Nexthop has invalid gateway\.$/m, 'ip: RTNETLINK answers: Network is unreachable'),
      ),
  };
  const view = Object.create(process, { stdout: { value: simplified }, stderr: { value: complaints } }) as typeof process;
  return ip.run(view);
}

/** @param state what the device's state becomes: nothing, or itself (`$2`) */
function simplify(text: string, state: string): string {
  return text
    .replaceAll(/( qdisc \S+(?: master \S+)?)( state \S+)(?: mode DEFAULT)? group default qlen/g, `$1${state} qlen`)
    .replaceAll(/ link-netns(?:id)? \S+/g, '')
    .replaceAll(/ proto \S+/g, '')
    .replaceAll(/ src /g, '  src ');
}
