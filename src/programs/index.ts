/** Every program there is, by name: the shell, the core utilities, the network tools, the servers. One line per folder. */
import { assert } from '../base/assert.ts';
import type { ProgramTable } from '../machine/machine.ts';
import type { Program } from '../machine/program.ts';
import { shPrograms } from '../shell/index.ts';
import { coreutils } from './coreutils/index.ts';
import { closingWhatItHolds } from './lifetime.ts';
import { networkPrograms } from './network.ts';
import { stress } from './stress.ts';
import { vi } from './vi/index.ts';
import { serverPrograms } from './servers/index.ts';

const table = new Map<string, Program>();
for (const program of [...shPrograms, ...coreutils, stress, vi, ...[...networkPrograms, ...serverPrograms].map(closingWhatItHolds)]) {
  assert(!table.has(program.name), `two programs are called ${program.name}`);
  table.set(program.name, program);
}

/** What an executable's name leads to. */
export const programs: ProgramTable & { names(): readonly string[] } = {
  get: (name) => table.get(name),
  names: () => [...table.keys()],
};
