/** Every checker that a lab file may `use:`. A test fails when a file is missing here. */
import type { Checker } from '../src/lab/checker.ts';
import { absent } from './absent.ts';
import { allOf, anyOf, not } from './combine.ts';
import { command } from './command.ts';
import { dns } from './dns.ts';
import { endpoints } from './endpoints.ts';
import { exists } from './exists.ts';
import { field } from './field.ts';
import { http } from './http.ts';
import { ready } from './ready.ts';

const looking = [absent, command, dns, endpoints, exists, field, http, ready] as readonly Checker[];
const find = (name: string): Checker | undefined => byName.get(name);

export const checkers = [...looking, allOf(find), anyOf(find), not(find)] as readonly Checker[];

const byName = new Map(checkers.map((checker) => [checker.name, checker]));
