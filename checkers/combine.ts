/**
 * Criteria made of others: `all-of`, `any-of`, `not`. Unknown is kept: what one part cannot tell, the whole cannot
 * tell, unless another part decides it.
 */
import { type Checker, type ClusterView, type Finding, Params } from '../src/lab/checker.ts';

interface Part {
  readonly checker: Checker;
  readonly params: unknown;
}

interface CombineParams {
  readonly parts: readonly Part[];
  readonly nudge: string | undefined;
}

type Find = (name: string) => Checker | undefined;

/** Passes when every part passes. Says the first thing that is wrong. */
export const allOf = (find: Find): Checker<CombineParams> => combinator({ name: 'all-of', find, joint: ' and ' }, (findings) => {
  return findings.find((finding) => finding.status === 'fail') ?? findings.find((finding) => finding.status === 'unknown') ?? { status: 'pass', saw: sawAll(findings) };
});

/** Passes when one part passes. */
export const anyOf = (find: Find): Checker<CombineParams> => combinator({ name: 'any-of', find, joint: ' or ' }, (findings) => {
  const decided = findings.find((finding) => finding.status === 'pass') ?? findings.find((finding) => finding.status === 'unknown');
  if (decided) return decided;
  const failures = findings.filter((finding) => finding.status === 'fail');
  return { ...failures[0]!, expected: failures.map((finding) => finding.expected).join(', or '), saw: sawAll(findings) };
});

/** Passes when its only part fails. What cannot be told stays so. */
export const not = (find: Find): Checker<CombineParams> => combinator({ name: 'not', find, joint: '', prefix: 'not: ', isOfOne: true }, ([finding], title) => {
  if (finding!.status === 'unknown') return finding!;
  return finding!.status === 'fail' ? { status: 'pass', saw: finding!.saw } : { status: 'fail', expected: title, saw: finding!.saw };
});

interface Combinator {
  readonly name: string;
  readonly find: Find;
  /** Stands between the titles of the parts. */
  readonly joint: string;
  /** Stands before them. */
  readonly prefix?: string;
  readonly isOfOne?: boolean;
}

function combinator({ name, find, joint, prefix = '', isOfOne = false }: Combinator, judge: (findings: readonly Finding[], title: string) => Finding): Checker<CombineParams> {
  const titleOf = ({ parts }: CombineParams) => prefix + parts.map(({ checker, params }) => checker.title(params)).join(joint);
  return {
    name,
    parse(value) {
      const params = new Params(value);
      const checks = params.value('checks');
      if (!Array.isArray(checks) || checks.length === 0) throw new Error('`with.checks` must be a list of { use, with }');
      if (isOfOne && checks.length !== 1) throw new Error(`\`${name}\` takes exactly one check`);
      const nudge = params.optionalText('nudge');
      params.done();
      return { parts: checks.map((check, index) => parsePart(check, index, find)), nudge };
    },
    title: titleOf,
    async run(params, cluster) {
      const { parts, nudge } = params;
      const findings = await Promise.all(parts.map((part) => run(part, cluster)));
      const finding = judge(findings, titleOf(params));
      return finding.status === 'fail' && nudge !== undefined ? { nudge, ...finding } : finding;
    },
  };
}

/** A part that throws cannot tell; the others still can. */
async function run({ checker, params }: Part, cluster: ClusterView): Promise<Finding> {
  try {
    return await checker.run(params, cluster);
  } catch (error) {
    return { status: 'unknown', because: error instanceof Error ? error.message : String(error) };
  }
}

function parsePart(check: unknown, index: number, find: Find): Part {
  const params = new Params(check, `with.checks[${index}]`);
  const use = params.text('use');
  const checker = find(use);
  if (!checker) throw new Error(`\`${params.where}.use\`: there is no checker "${use}"`);
  const parsed = checker.parse(params.value('with'));
  params.done();
  return { checker, params: parsed };
}

const sawAll = (findings: readonly Finding[]): string => findings.map((finding) => (finding.status === 'unknown' ? finding.because : finding.saw)).join('; ');
