/** The recorded conversations that a test plays, and what may differ in them. `REPLAY=id,id` names some, `REPLAY=all` all. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Scenario, Step } from '../support/replayer.ts';
import { ALIKE, IMAGES, type KnownDifference } from './known-differences.ts';

const FOLDER = new URL('./kubectl/', import.meta.url);

/** @param daily played when `REPLAY` names none: all of them take some minutes */
export function chosenScenarios(daily: readonly string[]): readonly Scenario[] {
  const asked = process.env['REPLAY'];
  const only = asked === 'all' ? undefined : (asked?.split(',') ?? daily);
  const all = readdirSync(FOLDER).filter((file) => file.endsWith('.json')).map(read);
  return all.filter(({ scenario }) => only?.includes(scenario) ?? true);
}

function read(file: string): Scenario {
  const text = readFileSync(new URL(file, FOLDER), 'utf8');
  const images = Object.entries(IMAGES[file.replace(/\.json$/, '')]?.played ?? {});
  return JSON.parse(images.reduce((result, [recorded, played]) => result.replaceAll(recorded, played), text)) as Scenario;
}

const matches = (known: KnownDifference, { scenario }: Scenario, step: Step): boolean => known.scenario === scenario && step.command.startsWith(known.command);

/** Whether a step is run and not compared. */
export const isKnown = (differences: readonly KnownDifference[], scenario: Scenario, step: Step): boolean => differences.some((known) => matches(known, scenario, step));

/** Differences of these scenarios that name no step of them. */
export function stale(differences: readonly KnownDifference[], scenarios: readonly Scenario[]): readonly KnownDifference[] {
  const played = new Set(scenarios.map(({ scenario }) => scenario));
  return differences.filter((known) => played.has(known.scenario) && !scenarios.some((scenario) => scenario.steps.some((step) => 'command' in step && matches(known, scenario, step))));
}

export const alike = (text: string): string => ALIKE.reduce((result, { pattern, replacement }) => result.replace(pattern, replacement), text);
