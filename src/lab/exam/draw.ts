/**
 * Draws an exam: how many tasks each domain gets, which labs they are, in which order, what each weighs and where it
 * runs. Everything from a seed: the same labs and the same seed give the same exam. Knows no cluster and no clock.
 */
import { seededRng, type Rng } from '../../base/rng.ts';
import { UserError } from '../../base/user-error.ts';
import type { Capability, ClusterSpec } from '../../cluster/cluster.ts';
import type { Lab } from '../lab.ts';
import { missing, placed, specFor } from './beside.ts';
import { DOMAIN_WEIGHTS, type Domain } from './domains.ts';
import type { ExamPlan, ExamSettings, ExamTask } from './plan.ts';
import { inProportion } from './proportion.ts';

/** What a drawing should be like in the end, in percent: the real exam has few gifts. */
const DIFFICULTIES: Readonly<Record<Lab['difficulty'], number>> = { easy: 25, medium: 50, hard: 25 };

export interface Drawing {
  readonly id: string;
  readonly settings: ExamSettings;
  /** Every lab that could be asked. */
  readonly labs: readonly Lab[];
  /** Labs of the last exams: taken only when there are not enough others. */
  readonly recent?: readonly string[];
  /** What a cluster can do; without it everything is thought possible. */
  readonly offers?: (spec: ClusterSpec) => ReadonlySet<Capability>;
}

/** @throws UserError when there is nothing to draw from */
export function drawExam({ id, settings, labs: given, recent = [], offers }: Drawing): { readonly plan: ExamPlan; readonly labs: readonly Lab[] } {
  const labs = offers ? given.filter((lab) => missing(lab, offers).length === 0) : given;
  if (labs.length === 0) throw new UserError('There are no labs to draw an exam from.', '`cka lab list` shows the labs; `cka pack install` adds more.', 2);
  const rng = seededRng(settings.seed);
  const tasks = Math.min(settings.tasks, labs.length);
  const taken = new Set<string>();
  let groups: readonly (readonly Lab[])[] = [];
  const take = (lab: Lab): Lab | undefined => {
    // What varies in a lab varies with the exam's seed: namespaces must be known before clusters are shared out.
    const drawn = lab.vary?.(rng.below(2 ** 31)) ?? lab;
    const next = placed(drawn, groups, settings);
    if (!next) return undefined;
    groups = next;
    taken.add(lab.id);
    return drawn;
  };
  const byDomain = [...seatsFor(labs, tasks)].flatMap(([domain, count]) => choose({ labs: labs.filter((lab) => lab.domain === domain), count, recent, rng, take }));
  // Where clusters are few, a domain may not get its share: whatever still fits comes instead.
  const chosen = [...byDomain, ...choose({ labs: labs.filter(({ id: one }) => !taken.has(one)), count: tasks - byDomain.length, recent, rng, take })];
  if (chosen.length === 0) throw new UserError('No lab fits on the clusters that this exam may use.', 'Allow more with --clusters, or use the simulator: cka exam start --backend simulator', 2);
  const drawn = shuffled(chosen, rng);
  return { plan: planOf({ id, settings, drawn, groups, all: labs, rng }), labs: drawn };
}

/** Tasks per domain, by the weights of the curriculum, among the domains that have labs. */
function seatsFor(labs: readonly Lab[], tasks: number): ReadonlyMap<Domain, number> {
  const stock = DOMAIN_WEIGHTS.map(([domain, weight]) => ({ domain, weight, labs: labs.filter((lab) => lab.domain === domain).length })).filter((entry) => entry.labs > 0);
  const seats = inProportion(stock.map(({ weight }) => weight), tasks, stock.map((entry) => entry.labs));
  return new Map(stock.map(({ domain }, index) => [domain, seats[index]!]));
}

interface Choice {
  readonly labs: readonly Lab[];
  readonly count: number;
  readonly recent: readonly string[];
  readonly rng: Rng;
  /** The lab as it will be asked; undefined when there is no cluster left for it. */
  readonly take: (lab: Lab) => Lab | undefined;
}

/** One after the other, each time the lab that the drawing misses most. */
function choose({ labs, count, recent, rng, take }: Choice): readonly Lab[] {
  const chosen: Lab[] = [];
  const left = [...labs];
  while (chosen.length < count && left.length > 0) {
    const wanted = (lab: Lab) => {
      const share = chosen.filter(({ difficulty }) => difficulty === lab.difficulty).length / Math.max(1, chosen.length);
      return (recent.includes(lab.id) ? 0 : 4) + (chosen.some(({ competency }) => competency === lab.competency) ? 0 : 2) + (DIFFICULTIES[lab.difficulty] / 100 - share) + rng.next();
    };
    const [best] = left.map((lab) => ({ lab, wanted: wanted(lab) })).toSorted((a, b) => b.wanted - a.wanted);
    const asked = take(best!.lab);
    if (asked) chosen.push(asked);
    left.splice(left.indexOf(best!.lab), 1);
  }
  return chosen;
}

interface Drawn {
  readonly id: string;
  readonly settings: ExamSettings;
  /** In the order in which they are asked. */
  readonly drawn: readonly Lab[];
  /** By cluster. */
  readonly groups: readonly (readonly Lab[])[];
  readonly all: readonly Lab[];
  readonly rng: Rng;
}

function planOf({ id, settings, drawn, groups: unsorted, all, rng }: Drawn): ExamPlan {
  // The cluster of the first task is the first to come up.
  const groups = unsorted.toSorted((a, b) => Math.min(...a.map((lab) => drawn.indexOf(lab))) - Math.min(...b.map((lab) => drawn.indexOf(lab))));
  const nameOf = (group: readonly Lab[]) => `exam-${id}-${groups.indexOf(group) + 1}`;
  const weights = inProportion(drawn.map((lab) => lab.weight ?? lab.criteria.reduce((sum, { points }) => sum + points, 0)), 100);
  // As the real exam names them: cka000024.
  const numbers = shuffled(Array.from({ length: 99 }, (_, index) => index + 1), rng);
  const tasks = drawn.map((lab, index): ExamTask => ({
    id: String(index + 1), lab: lab.id, title: lab.title, domain: lab.domain, competency: lab.competency, difficulty: lab.difficulty, minutes: lab.minutes,
    weight: weights[index]!, seed: lab.seed ?? 0, host: `cka${String(numbers[index]).padStart(6, '0')}`, cluster: nameOf(groups.find((group) => group.includes(lab))!),
  }));
  return { id, settings, tasks, clusters: groups.map((group) => ({ name: nameOf(group), ...specFor(group[0]!) })), remarks: remarksOn(settings, drawn, all) };
}

/** What the candidate should know before they trust the score. */
function remarksOn(settings: ExamSettings, drawn: readonly Lab[], all: readonly Lab[]): readonly string[] {
  if (settings.mode === 'drill') return [];
  const missing = DOMAIN_WEIGHTS.filter(([domain]) => !drawn.some((lab) => lab.domain === domain));
  const covered = 100 - missing.reduce((sum, [, weight]) => sum + weight, 0);
  const minutes = drawn.reduce((sum, lab) => sum + lab.minutes, 0);
  return [
    ...(drawn.length < settings.tasks && drawn.length === all.length ? [`There are ${all.length} labs that can be asked here, so this exam has ${drawn.length} tasks instead of ${settings.tasks}.`] : []),
    ...(drawn.length < settings.tasks && drawn.length < all.length ? [`This exam has ${drawn.length} tasks instead of ${settings.tasks}: no more can stand beside each other on ${settings.clusters} ${settings.clusters === 1 ? 'cluster' : 'clusters'}.`] : []),
    ...(missing.length > 0 ? [`It covers domains with ${covered} % of the real exam's weight. Not asked: ${missing.map(([domain, weight]) => `${domain} (${weight} %)`).join('; ')}.`] : []),
    ...(minutes > settings.minutes ? [`A prepared candidate needs about ${minutes} minutes for these tasks; you have ${settings.minutes}. Choose what to leave out.`] : []),
  ];
}

function shuffled<T>(items: readonly T[], rng: Rng): readonly T[] {
  const mixed = [...items];
  for (let last = mixed.length - 1; last > 0; last--) {
    const other = rng.below(last + 1);
    [mixed[last], mixed[other]] = [mixed[other]!, mixed[last]!];
  }
  return mixed;
}
