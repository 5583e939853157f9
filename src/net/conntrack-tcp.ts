/**
 * How conntrack follows a TCP connection from the flags it sees pass. See net/netfilter/nf_conntrack_proto_tcp.c.
 * Differs from Linux: windows are not checked, so a segment far outside of one is not INVALID.
 */
import type { TcpFlags } from './packet.ts';

/** As `conntrack -L` prints them. */
export type ConntrackTcpState = 'SYN_SENT' | 'SYN_RECV' | 'ESTABLISHED' | 'FIN_WAIT' | 'CLOSE_WAIT' | 'LAST_ACK' | 'TIME_WAIT' | 'CLOSE';

/** The sysctl that says how long each state may be silent: `nf_conntrack_tcp_timeout_<…>`. */
export const TCP_TIMEOUTS: Readonly<Record<ConntrackTcpState, string>> = {
  SYN_SENT: 'syn_sent',
  SYN_RECV: 'syn_recv',
  ESTABLISHED: 'established',
  FIN_WAIT: 'fin_wait',
  CLOSE_WAIT: 'close_wait',
  LAST_ACK: 'last_ack',
  TIME_WAIT: 'time_wait',
  CLOSE: 'close',
};

/** The state after a segment; `reopen` when a SYN starts the next connection between the same ports. */
export function nextTcpState(state: ConntrackTcpState | undefined, flags: TcpFlags, direction: 'original' | 'reply'): ConntrackTcpState | 'invalid' | 'reopen' {
  switch (flags) {
    case 'S':
      if (direction === 'reply') return 'invalid';
      if (state === undefined || state === 'SYN_SENT') return 'SYN_SENT';
      return state === 'TIME_WAIT' || state === 'CLOSE' ? 'reopen' : state;
    case 'S.':
      if (state === undefined || (direction === 'original' && state === 'SYN_SENT')) return 'invalid';
      return state === 'SYN_SENT' ? 'SYN_RECV' : state;
    case 'R':
    case 'R.':
      return state === undefined ? 'invalid' : 'CLOSE';
    case 'F.':
    case 'FP.':
      if (state === undefined) return 'invalid';
      return afterFin(state);
    case '.':
    case 'P.':
      // In the middle of a connection that began before anybody looked: taken as established (tcp_loose).
      if (state === undefined) return 'ESTABLISHED';
      return afterAck(state, direction);
  }
}

function afterFin(state: ConntrackTcpState): ConntrackTcpState {
  if (state === 'SYN_RECV' || state === 'ESTABLISHED') return 'FIN_WAIT';
  return state === 'FIN_WAIT' || state === 'CLOSE_WAIT' ? 'LAST_ACK' : state;
}

function afterAck(state: ConntrackTcpState, direction: 'original' | 'reply'): ConntrackTcpState {
  if (state === 'SYN_RECV' && direction === 'original') return 'ESTABLISHED';
  if (state === 'FIN_WAIT') return 'CLOSE_WAIT';
  return state === 'LAST_ACK' ? 'TIME_WAIT' : state;
}
