/** Adds the packet's addresses or ports to an ipset, or takes them out. */
import { NetError } from '../../errors.ts';
import type { PacketInFlight } from '../../in-flight.ts';
import { portsOf } from '../../packet.ts';
import { CONTINUE, RuleSyntaxError, type TargetKind } from '../extension.ts';
import type { IpSet } from '../ipset.ts';

export const set: TargetKind = {
  name: 'SET',
  options: { 'add-set': 2, 'del-set': 2 },
  build(all, { setExists }) {
    const one = all.at(-1);
    if (!one) throw new RuleSyntaxError('You must specify either `--add-set\' or `--del-set\' or `--map-set\'');
    const [name, text] = one.values as [string, string];
    if (!setExists(name)) throw new RuleSyntaxError(`Set ${name} doesn't exist.\n`);
    const flags = text.split(',');
    if (!flags.every((flag) => flag === 'src' || flag === 'dst')) throw new RuleSyntaxError('You must spefify (the comma separated list of) `src\' or `dst\'.');
    return {
      name: 'SET',
      apply(flight, { namespace }) {
        const target = namespace.netfilter.sets.get(name);
        if (target) change(target, one.option === 'add-set', entryText(target, flight, flags));
        return CONTINUE;
      },
      toArgs: () => [`--${one.option}`, name, text],
      list: () => `${one.option} ${name} ${text}`,
    };
  },
};

function entryText(target: IpSet, { packet }: PacketInFlight, flags: readonly string[]): string {
  const ports = portsOf(packet);
  const parts = target.type.slice(target.type.indexOf(':') + 1).split(',');
  return parts
    .map((part, index) => {
      const isSource = (flags[index] ?? flags.at(-1)) === 'src';
      if (part !== 'port') return isSource ? packet.source : packet.destination;
      const port = (isSource ? ports?.source : ports?.destination) ?? 0;
      return target.type === 'bitmap:port' ? String(port) : `${packet.payload.protocol}:${port}`;
    })
    .join(',');
}

function change(target: IpSet, add: boolean, text: string): void {
  try {
    if (add) target.add(text);
    else target.delete(text);
  } catch (error) {
    // Already in, or already out: as wanted.
    if (!(error instanceof NetError)) throw error;
  }
}
