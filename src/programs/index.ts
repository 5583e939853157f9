/** Every program there is, by name: the shell, the core utilities, the network tools, the servers. One line per folder. */
import type { ProgramTable } from '../machine/machine.ts';
import type { Program } from '../machine/program.ts';
import { shPrograms } from '../shell/index.ts';
import { coreutils } from './coreutils/index.ts';
import { closingWhatItHolds } from './lifetime.ts';
import { networkPrograms } from './network.ts';
import { serverPrograms } from './servers/index.ts';

const table = new Map<string, Program>(
  [...shPrograms, ...coreutils, ...[...networkPrograms, ...serverPrograms].map(closingWhatItHolds)].map((program) => [program.name, program]),
);

/** What an executable's name leads to. */
export const programs: ProgramTable & { names(): readonly string[] } = {
  get: (name) => table.get(name),
  names: () => [...table.keys()],
};
