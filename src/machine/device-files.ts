/** `/dev` of a container: the devices that every runtime provides (OCI runtime specification, config-linux.md, "Default Devices"). */
import { FileSystem } from './files.ts';

export function deviceFiles(): FileSystem {
  const files = new FileSystem();
  for (const name of ['null', 'zero', 'full', 'random', 'urandom', 'tty'] as const) files.device(`/${name}`, name);
  files.symlink('/proc/self/fd', '/fd');
  files.symlink('/proc/self/fd/0', '/stdin');
  files.symlink('/proc/self/fd/1', '/stdout');
  files.symlink('/proc/self/fd/2', '/stderr');
  files.symlink('pts/ptmx', '/ptmx');
  files.mkdir('/pts');
  files.mkdir('/shm', { mode: 0o1777 });
  files.mkdir('/mqueue', { mode: 0o1777 });
  return files;
}
