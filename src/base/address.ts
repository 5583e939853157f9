/**
 * Ethernet and IPv4 addresses as branded strings: they print as they are, and a name cannot be passed for an address.
 * Arithmetic works on unsigned 32-bit numbers.
 */
import { assert } from './assert.ts';

export type Ipv4 = string & { readonly brand: 'Ipv4' };
export type Mac = string & { readonly brand: 'Mac' };

/** A network: `address` is kept as written (`10.244.1.5/24` on an interface), `contains` looks at the network part. */
export interface Cidr {
  readonly address: Ipv4;
  readonly prefix: number;
}

export const ANY: Ipv4 = '0.0.0.0' as Ipv4;
export const LOCALHOST: Ipv4 = '127.0.0.1' as Ipv4;
export const BROADCAST: Ipv4 = '255.255.255.255' as Ipv4;
export const BROADCAST_MAC: Mac = 'ff:ff:ff:ff:ff:ff' as Mac;
export const ZERO_MAC: Mac = '00:00:00:00:00:00' as Mac;

/** Dotted quad to address; undefined when it is not one. Leading zeros are refused, as inet_pton does. */
export function parseIpv4(text: string): Ipv4 | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
  }
  return text as Ipv4;
}

/** For addresses written in our own code. */
export function ipv4(text: string): Ipv4 {
  const address = parseIpv4(text);
  assert(address, `${text} is not an IPv4 address`);
  return address;
}

/** Every packet asks for the same few addresses again and again, at every rule and route it meets. */
const NUMBERS = new Map<Ipv4, number>();
const REMEMBERED = 20_000;

export function toNumber(address: Ipv4): number {
  const known = NUMBERS.get(address);
  if (known !== undefined) return known;
  let number = 0;
  for (const part of address.split('.')) number = number * 256 + Number(part);
  if (NUMBERS.size >= REMEMBERED) NUMBERS.clear();
  NUMBERS.set(address, number);
  return number;
}

export function fromNumber(number: number): Ipv4 {
  return `${(number >>> 24) & 255}.${(number >>> 16) & 255}.${(number >>> 8) & 255}.${number & 255}` as Ipv4;
}

export function maskOf(prefix: number): number {
  return prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0;
}

/** `10.0.0.0/8`, or a bare address as `/32`; undefined when it is neither. */
export function parseCidr(text: string): Cidr | undefined {
  const [head, tail, ...rest] = text.split('/');
  const address = parseIpv4(head ?? '');
  if (!address || rest.length > 0) return undefined;
  if (tail === undefined) return { address, prefix: 32 };
  if (!/^\d{1,2}$/.test(tail) || Number(tail) > 32) return undefined;
  return { address, prefix: Number(tail) };
}

/** For networks written in our own code. */
export function cidr(text: string): Cidr {
  const network = parseCidr(text);
  assert(network, `${text} is not a network`);
  return network;
}

export function printCidr(network: Cidr): string {
  return `${network.address}/${network.prefix}`;
}

export function networkOf(network: Cidr): Ipv4 {
  return fromNumber((toNumber(network.address) & maskOf(network.prefix)) >>> 0);
}

export function broadcastOf(network: Cidr): Ipv4 {
  return fromNumber((toNumber(network.address) | (~maskOf(network.prefix) >>> 0)) >>> 0);
}

export function contains(network: Cidr, address: Ipv4): boolean {
  const mask = maskOf(network.prefix);
  return ((toNumber(network.address) ^ toNumber(address)) & mask) === 0;
}

/** The address `count` after the network's first: `nth(10.244.1.0/24, 1)` is `10.244.1.1`. */
export function nth(network: Cidr, count: number): Ipv4 {
  return fromNumber(toNumber(networkOf(network)) + count);
}

export const isMulticast = (address: Ipv4): boolean => toNumber(address) >>> 28 === 14;
export const isLoopback = (address: Ipv4): boolean => address.startsWith('127.');

/** Colon-separated hexadecimal, any case; undefined when it is not six octets. */
export function parseMac(text: string): Mac | undefined {
  return /^[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5}$/i.test(text)
    ? (text.toLowerCase().split(':').map((octet) => octet.padStart(2, '0')).join(':') as Mac)
    : undefined;
}
