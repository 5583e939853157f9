/** The states of a balanced TCP connection, which this machine may see from one side only. See ip_vs_proto_tcp.c. */
import type { TcpFlags } from '../packet.ts';

/** As `ipvsadm -Lnc` prints them; NONE and ASSURED are those of a persistence template. */
export type IpvsState = 'NONE' | 'ESTABLISHED' | 'SYN_SENT' | 'SYN_RECV' | 'FIN_WAIT' | 'TIME_WAIT' | 'CLOSE' | 'CLOSE_WAIT' | 'LAST_ACK' | 'UDP' | 'ASSURED';

/** From the client, from the server, or from the client when the answers go another way. */
export type Side = 'input' | 'output' | 'input-only';

const STATES = { no: 'NONE', es: 'ESTABLISHED', ss: 'SYN_SENT', sr: 'SYN_RECV', fw: 'FIN_WAIT', tw: 'TIME_WAIT', cl: 'CLOSE', cw: 'CLOSE_WAIT', la: 'LAST_ACK' } as const;
const ORDER = Object.values(STATES);

/** One row per kind of segment, one column per present state in the order above. */
const TABLE: Readonly<Record<Side, Readonly<Record<'syn' | 'fin' | 'ack' | 'rst', string>>>> = {
  input: { syn: 'sr es es sr sr sr sr sr sr', fin: 'cl cw ss tw tw tw cl cw la', ack: 'es es ss es fw tw cl cw cl', rst: 'cl cl cl sr cl cl cl cl la' },
  output: { syn: 'ss es ss sr ss ss ss ss ss', fin: 'tw fw ss tw fw tw cl tw la', ack: 'es es ss es fw tw cl cw la', rst: 'cl cl ss cl cl tw cl cl cl' },
  'input-only': { syn: 'sr es es sr sr sr sr sr sr', fin: 'cl fw ss tw fw tw cl cw la', ack: 'es es ss es fw tw cl cw cl', rst: 'cl cl cl sr cl cl cl cl la' },
};

export function nextIpvsState(state: IpvsState, flags: TcpFlags, side: Side): IpvsState {
  const row = flags.startsWith('R') ? 'rst' : flags.startsWith('S') ? 'syn' : flags.startsWith('F') ? 'fin' : 'ack';
  const column = ORDER.indexOf(state as (typeof ORDER)[number]);
  return STATES[TABLE[side][row].split(' ')[column] as keyof typeof STATES] ?? state;
}

/** Seconds without a packet until a connection is forgotten; `ipvsadm --set` changes the three that depend on `timeouts`. */
export function ipvsTimeout(state: IpvsState, timeouts: { readonly tcp: number; readonly tcpFin: number; readonly udp: number }): number {
  switch (state) {
    case 'ESTABLISHED':
      return timeouts.tcp;
    case 'FIN_WAIT':
      return timeouts.tcpFin;
    case 'UDP':
      return timeouts.udp;
    case 'SYN_SENT':
    case 'TIME_WAIT':
      return 120;
    case 'SYN_RECV':
    case 'CLOSE_WAIT':
      return 60;
    case 'LAST_ACK':
      return 30;
    case 'CLOSE':
      return 10;
    case 'NONE':
    case 'ASSURED':
      return 2;
  }
}
