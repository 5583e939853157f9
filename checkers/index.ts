/** Every checker that a lab file may `use:`. A test fails when a file is missing here. */
import type { Checker } from '../src/lab/checker.ts';
import { absent } from './absent.ts';
import { argv } from './argv.ts';
import { canI } from './can-i.ts';
import { allOf, anyOf, not } from './combine.ts';
import { command } from './command.ts';
import { dns } from './dns.ts';
import { endpoints } from './endpoints.ts';
import { events } from './events.ts';
import { exists } from './exists.ts';
import { field } from './field.ts';
import { file } from './file.ts';
import { http } from './http.ts';
import { logs } from './logs.ts';
import { placed } from './placed.ts';
import { proxyMode } from './proxy-mode.ts';
import { reach } from './reach.ts';
import { ready } from './ready.ts';
import { route } from './route.ts';
import { script } from './script.ts';
import { unit } from './unit.ts';

const looking = [absent, argv, canI, command, dns, endpoints, events, exists, field, file, http, logs, placed, proxyMode, reach, ready, route, script, unit] as readonly Checker[];
const find = (name: string): Checker | undefined => byName.get(name);

export const checkers = [...looking, allOf(find), anyOf(find), not(find)] as readonly Checker[];

const byName = new Map(checkers.map((checker) => [checker.name, checker]));
