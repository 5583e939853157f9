/** Whether the answer would leave by the device the packet came in at: Calico drops what it finds forged. See ipt_rpfilter.c. */
import { given, type MatchKind } from '../extension.ts';

export const rpfilter: MatchKind = {
  name: 'rpfilter',
  options: { loose: 0, validmark: 0, 'accept-local': 0, invert: 0 },
  build(all) {
    const has = (option: string) => given(all, option) !== undefined;
    const flags = ['loose', 'validmark', 'accept-local', 'invert'].filter(has);
    return {
      name: 'rpfilter',
      tables: ['raw', 'mangle'],
      hooks: ['prerouting'],
      matches({ packet, inDevice, mark }, { namespace }) {
        if (!inDevice || inDevice.kind === 'loopback') return !has('invert');
        const back = namespace.routes.lookup(packet.source, { source: packet.destination, ...(has('validmark') ? { mark } : {}) });
        const local = back.kind === 'found' && back.route.type === 'local';
        const fits = back.kind === 'found' && (local ? has('accept-local') : has('loose') || back.device === inDevice);
        return fits !== has('invert');
      },
      toArgs: () => ['-m', 'rpfilter', ...flags.map((flag) => `--${flag}`)],
      list: () => ['rpfilter', ...flags].join(' '),
    };
  },
};
