/** Several ways for one route: `ip route add … nexthop …`. See ip-route(8); ip/iproute.c, parse_nexthops. */
import type { Ipv4 } from '../../base/address.ts';
import type { RouteSpec } from '../../net/routes.ts';
import { address, invalidArgument, IpError, number, type IpContext, type Words } from './words.ts';

/** `nexthop via A dev B weight N nexthop …`, from behind the first `nexthop` to the end. */
export function readNextHops(words: Words, { ns }: IpContext): RouteSpec['nextHops'] {
  if (words.done) throw new IpError('Error: unexpected end of line after "nexthop"', 255);
  const hops: { via?: Ipv4; device?: string; weight: number; onlink?: boolean }[] = [{ weight: 1 }];
  while (!words.done) {
    const word = words.next();
    const hop = hops.at(-1)!;
    if (word === 'nexthop') hops.push({ weight: 1 });
    else if (word === 'via') {
      words.take('inet');
      hop.via = address(words.next());
    } else if (word === 'dev') {
      hop.device = words.next();
      if (!ns.devices.get(hop.device)) throw new IpError(`Cannot find device "${hop.device}"\nError: cannot parse nexthop`, 255);
    } else if (word === 'weight') {
      hop.weight = number(words.next(), '"weight" is invalid');
      if (hop.weight < 1 || hop.weight > 256) throw invalidArgument(String(hop.weight), '"weight" is invalid');
    } else if (word === 'onlink') hop.onlink = true;
    else throw new IpError(`Error: "nexthop" or end of line is expected instead of "${word}"`, 255);
  }
  return hops;
}
