/** Says a smaller segment size in the handshake, so that what follows fits into a tunnel. See xt_TCPMSS.c. */
import { CONTINUE, given, parseNumber, RuleSyntaxError, type TargetKind } from '../extension.ts';

export const tcpmss: TargetKind = {
  name: 'TCPMSS',
  options: { 'set-mss': 1, 'clamp-mss-to-pmtu': 0 },
  build(all) {
    const text = given(all, 'set-mss')?.values[0];
    const clamp = given(all, 'clamp-mss-to-pmtu') !== undefined;
    if (text === undefined && !clamp) throw new RuleSyntaxError('TCPMSS target: At least one parameter is required');
    const fixed = text === undefined ? undefined : parseNumber(text, 65_535 - 40);
    if (text !== undefined && fixed === undefined) throw new RuleSyntaxError('TCPMSS: bad value for option "--set-mss", or out of range (0-65495).\n');
    return {
      name: 'TCPMSS',
      // The kernel looks for `-p tcp` on the rule.
      protocol: 'tcp',
      ...(clamp ? { hooks: ['forward', 'output', 'postrouting'] } : {}),
      apply(flight, { namespace }) {
        const { packet } = flight;
        if (packet.payload.protocol !== 'tcp' || packet.payload.mss === undefined) return CONTINUE;
        // The smaller of the ways there and back (tcpmss_mangle_packet).
        const back = namespace.routes.lookup(packet.source);
        const room = Math.min(flight.outDevice?.mtu ?? 65_535, back.kind === 'found' ? back.device.mtu : 65_535) - 40;
        const mss = Math.min(packet.payload.mss, fixed ?? room);
        flight.packet = { ...packet, payload: { ...packet.payload, mss } };
        return CONTINUE;
      },
      toArgs: () => (clamp ? ['--clamp-mss-to-pmtu'] : ['--set-mss', String(fixed)]),
      list: () => (clamp ? 'TCPMSS clamp to PMTU' : `TCPMSS set ${fixed}`),
    };
  },
};
