/**
 * `ip` of BusyBox: iproute2's first age. Reads the same words; prints less (no state, no group, no protocol).
 * See networking/libiproute/*.c.
 */
import type { Program } from '../../machine/program.ts';
import { ip } from './index.ts';

export const busyboxIp: Program = {
  name: 'busybox-ip',
  run(process) {
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
  },
};

function simplify(text: string): string {
  return text
    .replaceAll(/( qdisc \S+(?: master \S+)?) state \S+(?: mode DEFAULT)? group default qlen/g, '$1 qlen')
    .replaceAll(/ link-netns(?:id)? \S+/g, '')
    .replaceAll(/ proto \S+/g, '')
    .replaceAll(/ src /g, '  src ');
}
