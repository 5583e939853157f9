/** busybox itself: `busybox ls` runs an applet, `busybox --list` names those that this box has. */
import type { Program } from '../../machine/program.ts';

export const BUSYBOX_VERSION = 'BusyBox v1.36.1 (2023-11-07 18:53:09 UTC) multi-call binary.';

export const busybox: Program = {
  name: 'busybox',
  async run(process) {
    const [applet, ...args] = process.argv.slice(1);
    const directories = ['/bin', '/sbin', '/usr/bin', '/usr/sbin'].filter((directory) => process.files.exists(directory));
    if (applet === '--list') {
      const names = new Set(directories.flatMap((directory) => process.files.list(directory)));
      names.delete('busybox');
      await process.stdout.write(`${[...names].sort().join('\n')}\n`);
      return 0;
    }
    if (applet === undefined || applet === '--help') {
      await process.stdout.write(`${BUSYBOX_VERSION}\nBusyBox is copyrighted by many authors between 1998-2015.\nLicensed under GPLv2. See source distribution for detailed\ncopyright notices.\n\nUsage: busybox [function [arguments]...]\n   or: busybox --list\n`);
      return 0;
    }
    if (!directories.some((directory) => process.files.exists(`${directory}/${applet}`))) {
      await process.stderr.write(`${applet}: applet not found\n`);
      return 127;
    }
    return await process.exec([applet, ...args], { env: new Map([...process.env, ['PATH', directories.join(':')]]) });
  },
};
