/** Every match there is. Adding one is a file beside this one and a line here. */
import type { MatchKind } from '../extension.ts';
import { addrtype } from './addrtype.ts';
import { comment } from './comment.ts';
import { connlimit } from './connlimit.ts';
import { connmark } from './connmark.ts';
import { conntrack } from './conntrack.ts';
import { icmp } from './icmp.ts';
import { iprange } from './iprange.ts';
import { length } from './length.ts';
import { limit } from './limit.ts';
import { mark } from './mark.ts';
import { multiport } from './multiport.ts';
import { nfacct } from './nfacct.ts';
import { owner } from './owner.ts';
import { physdev } from './physdev.ts';
import { recent } from './recent.ts';
import { rpfilter } from './rpfilter.ts';
import { sctp } from './sctp.ts';
import { set } from './set.ts';
import { state } from './state.ts';
import { statistic } from './statistic.ts';
import { string } from './string.ts';
import { tcp } from './tcp.ts';
import { ttl } from './ttl.ts';
import { udp } from './udp.ts';

export const matchKinds: readonly MatchKind[] = [
  addrtype, comment, connlimit, connmark, conntrack, icmp, iprange, length, limit, mark, multiport, nfacct, owner, physdev, recent, rpfilter, sctp, set, state, statistic, string, tcp, ttl, udp,
];
