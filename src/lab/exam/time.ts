/**
 * Time as an exam counts it: a wall clock may be set while somebody takes an exam, by hand or by a time server. As long
 * as the machine runs, its uptime counts (it goes on while the machine sleeps: CLOCK_BOOTTIME); over a reboot, the wall does.
 */
import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';

export interface Reading {
  /** Unix milliseconds of the wall clock: for showing, and over a reboot. */
  readonly at: number;
  /** Milliseconds since the machine started. */
  readonly up: number;
  /** Which start that was; empty where the system does not tell. */
  readonly boot: string;
}

/** Milliseconds from one reading to a later one. Never negative. */
export function passed(from: Reading, to: Reading): number {
  if (from.boot === to.boot && to.up >= from.up) return to.up - from.up;
  return Math.max(0, to.at - from.at);
}

let boot: string | undefined;

/** The clocks of this machine. */
export function readClocks(): Reading {
  boot ??= bootId();
  return { at: Date.now(), up: Math.round(uptime() * 1000), boot };
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
