/** `/sys/class/net`: what scripts ask of a network device. Nothing else of sysfs exists here. See sysfs-class-net(5). */
import { type ComputedNode, computedFiles, entriesOf } from './computed-files.ts';
import type { FileSystem } from './files.ts';
import type { Machine } from './machine.ts';

export function sysFiles(machine: Machine): FileSystem {
  return computedFiles(() => machine.clock.unixMs(), () => entriesOf({
    // Where cgroups would be mounted: pods that ask for the place find it, and nothing in it.
    fs: { entries: () => entriesOf({ cgroup: { entries: () => new Map() } }) },
    class: { entries: () => entriesOf({ net: { entries: (viewer) => network(viewer.pid) } }) },
    module: { entries: () => new Map([...machine.modules].map((name) => [name, { entries: () => new Map() }])) },
  }));

  function network(pid: number | undefined): ReadonlyMap<string, ComputedNode> {
    const netns = (pid === undefined ? undefined : machine.processes.get(pid)?.options.netns) ?? machine.netns;
    return new Map(netns.devices.list().map((device) => [device.name, {
      entries: () => entriesOf({
        address: () => `${device.mac}\n`,
        carrier: () => `${device.carrier ? 1 : 0}\n`,
        ifindex: () => `${device.index}\n`,
        iflink: () => `${device.peerIndex ?? device.index}\n`,
        mtu: () => `${device.mtu}\n`,
        operstate: () => `${device.kind === 'loopback' ? 'unknown' : device.up && device.carrier ? 'up' : 'down'}\n`,
        statistics: { entries: () => entriesOf({
          rx_bytes: () => `${device.counters.rxBytes}\n`,
          rx_dropped: () => `${device.counters.rxDropped}\n`,
          rx_packets: () => `${device.counters.rxPackets}\n`,
          tx_bytes: () => `${device.counters.txBytes}\n`,
          tx_dropped: () => `${device.counters.txDropped}\n`,
          tx_packets: () => `${device.counters.txPackets}\n`,
        }) },
      }),
    } satisfies ComputedNode]));
  }
}
