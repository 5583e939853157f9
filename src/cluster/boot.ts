/** The one place outside tests where a simulation is made. Loaded only in the process that runs it. */
import { setMaxListeners } from 'node:events';
import { Schema } from '../kinds/schema.ts';
import type { SchemaTable } from '../kinds/schema.ts';
import { readData } from '../server/data-files.ts';
import { Simulation } from '../sim/simulation.ts';
import type { BootSimulation } from './simulator-process.ts';

let schema: Promise<Schema> | undefined;

export const bootSimulation: BootSimulation = async (options) => {
  schema ??= readData('schema.json').then((table) => new Schema(table as SchemaTable));
  return Simulation.boot({ ...options, schema: await schema, idle: nextTurn });
};

// Hundreds of programs wait on the signals of their processes: that is no leak.
setMaxListeners(0);

/** Everything that waits on promises has had its turn when this resolves. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
