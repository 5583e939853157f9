/**
 * Asks for a page from inside a pod or from a node, with curl or wget, whichever exists there. The packets really travel.
 * Never waits longer than a few seconds for one answer.
 */
import { type Checker, Params } from '../src/lab/checker.ts';
import { fill } from './path.ts';
import { firstThatExists, type Place, parsePlace, stand, titleOf } from './place.ts';

interface HttpParams {
  readonly from: Place;
  /** May hold references: `http://{pods/east:status.podIP}/`. */
  readonly url: string;
  readonly status: number;
  readonly contains: string | undefined;
  readonly nudge: string | undefined;
}

const SECONDS = 3;

export const http: Checker<HttpParams> = {
  name: 'http',

  parse(value) {
    const params = new Params(value);
    const parsed = { from: parsePlace(params, 'from'), url: params.text('url'), status: params.optionalNumber('status') ?? 200, contains: params.optionalText('contains'), nudge: params.optionalText('nudge') };
    params.done();
    return parsed;
  },

  title: ({ from, url }) => `${titleOf(from)} gets an answer from ${url}`,

  async run({ from, url, status, contains, nudge }, cluster) {
    const hint = nudge === undefined ? {} : { nudge };
    const expected = `HTTP ${status}${contains === undefined ? '' : ` with "${contains}" in the page`} from ${url}, asked in ${titleOf(from)}`;
    const fail = (saw: string) => ({ status: 'fail', expected, saw, ...hint }) as const;
    const standing = await stand(from, cluster);
    if ('problem' in standing) return fail(standing.problem);
    const filled = await fill(url, 'node' in from ? undefined : from.namespace, cluster);
    if ('missing' in filled) return fail(filled.missing);

    const ask = () => firstThatExists(standing.where, [
      ['curl', '-sS', '-m', String(SECONDS), '-w', '\n%{http_code}', filled.text],
      ['wget', '-q', '-O', '-', '-T', String(SECONDS), filled.text],
    ], cluster);
    // A cluster takes a second to follow a change, and a connection begun before that stays lost for good: a second one
    // is not. No correct answer fails because it was graded at once.
    let answer = await ask();
    if (answer && answer.exitCode !== 0 && !answeredBadly(answer)) answer = await ask();
    if (!answer) return { status: 'unknown', because: `${standing.title} has neither curl nor wget to ask with` };
    if (answer.exitCode !== 0 && !answeredBadly(answer)) return fail(`${answer.command[0]} ${filled.text} in ${standing.title}: ${complaint(answer)}`);
    const page = answer.command[0] === 'curl' ? curlPage(answer.stdout) : wgetPage(answer);
    if (page.status !== status) return fail(`HTTP ${page.status} from ${filled.text}`);
    if (contains !== undefined && !page.body.includes(contains)) return fail(`a page without "${contains}": ${excerpt(page.body)}`);
    return { status: 'pass', saw: `HTTP ${page.status} from ${filled.text}, asked in ${standing.title}` };
  },
};

interface Answer { readonly command: readonly string[]; readonly stdout: string; readonly stderr: string; readonly exitCode: number }

/** wget exits non-zero for an answer that is an error page; that is an answer all the same. */
function answeredBadly({ command, stderr }: Answer): boolean {
  return command[0] === 'wget' && /HTTP\/1\.[01] \d{3}|ERROR \d{3}/.test(stderr);
}

function curlPage(stdout: string): { readonly status: number; readonly body: string } {
  const end = stdout.lastIndexOf('\n');
  return { status: Number(stdout.slice(end + 1)), body: stdout.slice(0, Math.max(0, end)) };
}

function wgetPage({ stdout, stderr, exitCode }: Answer): { readonly status: number; readonly body: string } {
  // busybox: `wget: server returned error: HTTP/1.1 404 Not Found`; GNU: `ERROR 404: Not Found.`
  const status = exitCode === 0 ? 200 : Number(/(?:HTTP\/1\.[01]|ERROR) (\d{3})/.exec(stderr)?.[1] ?? 0);
  return { status, body: stdout };
}

function complaint({ stderr, exitCode }: Answer): string {
  return stderr.trim().split('\n').at(-1) || `exit code ${exitCode}`;
}

function excerpt(body: string): string {
  const line = body.trim().split('\n')[0] ?? '';
  return line === '' ? 'it is empty' : `it begins with "${line.slice(0, 60)}"`;
}
