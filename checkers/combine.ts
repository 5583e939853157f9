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
export const allOf = (find: Find): Checker<CombineParams> => combinator('all-of', find, ' and ', (findings) => {
  return findings.find((finding) => finding.status === 'fail') ?? findings.find((finding) => finding.status === 'unknown') ?? { status: 'pass', saw: sawAll(findings) };
});

/** Passes when one part passes. */
export const anyOf = (find: Find): Checker<CombineParams> => combinator('any-of', find, ' or ', (findings) => {
  const decided = findings.find((finding) => finding.status === 'pass') ?? findings.find((finding) => finding.status === 'unknown');
  if (decided) return decided;
  const failures = findings.filter((finding) => finding.status === 'fail');
  return { ...failures[0]!, expected: failures.map((finding) => finding.expected).join(', or '), saw: sawAll(findings) };
});

/** Passes when its only part fails. What cannot be told stays so. */
export const not = (find: Find): Checker<CombineParams> => combinator('not', find, '', ([finding], title) => {
  if (finding!.status === 'unknown') return finding!;
  return finding!.status === 'fail' ? { status: 'pass', saw: finding!.saw } : { status: 'fail', expected: `not: ${title}`, saw: finding!.saw };
});

function combinator(name: string, find: Find, joint: string, judge: (findings: readonly Finding[], title: string) => Finding): Checker<CombineParams> {
  return {
    name,
    parse(value) {
      const params = new Params(value);
      const checks = params.value('checks');
      if (!Array.isArray(checks) || checks.length === 0) throw new Error('`with.checks` must be a list of { use, with }');
      if (name === 'not' && checks.length !== 1) throw new Error('`not` takes exactly one check');
      const nudge = params.optionalText('nudge');
      params.done();
      return { parts: checks.map((check, index) => parsePart(check, index, find)), nudge };
    },
    title: ({ parts }) => (name === 'not' ? 'not: ' : '') + parts.map(({ checker, params }) => checker.title(params)).join(joint),
    async run({ parts, nudge }, cluster) {
      const findings = await Promise.all(parts.map(({ checker, params }) => run(checker, params, cluster)));
      const finding = judge(findings, parts.map(({ checker, params }) => checker.title(params)).join(joint));
      return finding.status === 'fail' && nudge !== undefined ? { nudge, ...finding } : finding;
    },
  };
}

/** A part that throws cannot tell; the others still can. */
async function run(checker: Checker, params: unknown, cluster: ClusterView): Promise<Finding> {
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
