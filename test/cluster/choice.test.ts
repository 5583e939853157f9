/** Where a new cluster is made when nobody said, what is asked, and what is said of it afterwards. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { backends } from '../../src/cluster/backends.ts';
import { agreedToKind, agreeToKind, backendLine, chooseBackend } from '../../src/cluster/choice.ts';
import { ownCommand } from '../support/self.ts';

const homes: string[] = [];
const home = (): { readonly data: string; readonly cache: string; readonly run: string } => {
  const made = mkdtempSync(join(tmpdir(), 'cka-choice-'));
  homes.push(made);
  return { data: join(made, 'data'), cache: join(made, 'cache'), run: join(made, 'run') };
};
afterAll(() => homes.forEach((made) => rmSync(made, { recursive: true, force: true })));

interface Row {
  readonly agreed?: boolean;
  readonly installed: boolean;
  /** What the doctor says of kind. */
  readonly works: boolean;
  /** What the user types; absent where nobody can be asked. */
  readonly types?: string;
  readonly says: string;
  readonly asked: number;
  readonly probed: number;
  readonly agreedAfter?: boolean;
}

const NEEDS_NOTHING = 'simulator: it needs nothing and starts at once';
const WORKS = 'kind: you agreed to it, and it works here';
const BROKEN = 'simulator: kind does not work here now. Container engine: docker does not answer';

const ROWS: Readonly<Record<string, Row>> = {
  'no kind here': { installed: false, works: false, types: 'y', says: NEEDS_NOTHING, asked: 0, probed: 0 },
  'kind, and nobody to ask': { installed: true, works: true, says: NEEDS_NOTHING, asked: 0, probed: 0 },
  'kind, and yes': { installed: true, works: true, types: ' Y \n', says: WORKS, asked: 1, probed: 1, agreedAfter: true },
  'kind, and no': { installed: true, works: true, types: '', says: 'simulator: you chose it', asked: 1, probed: 1, agreedAfter: false },
  'kind is installed and does not work: no question': { installed: true, works: false, types: 'y', says: BROKEN, asked: 0, probed: 1 },
  'agreed before': { agreed: true, installed: true, works: true, types: 'n', says: WORKS, asked: 0, probed: 1, agreedAfter: true },
  'agreed before, and Docker stands still': { agreed: true, installed: true, works: false, says: BROKEN, asked: 0, probed: 1, agreedAfter: true },
  'declined before': { agreed: false, installed: true, works: true, types: 'y', says: 'simulator: you chose it', asked: 0, probed: 0, agreedAfter: false },
};

test.each(Object.entries(ROWS))('%s', async (_name, { agreed, installed, works, types, says, asked, probed, agreedAfter }) => {
  const paths = home();
  if (agreed !== undefined) agreeToKind(paths, agreed);
  const seen = { asked: 0, probed: 0 };
  const choice = await chooseBackend(paths, {
    isKindInstalled: () => installed,
    probeKind: () => {
      seen.probed++;
      return Promise.resolve(works ? { available: true } : { available: false, because: 'Container engine: docker does not answer' });
    },
    ...(types === undefined ? {} : { ask: () => Promise.resolve((seen.asked++, types)) }),
  });
  expect([backendLine(choice), seen, agreedToKind(paths)]).toEqual([says, { asked, probed }, agreedAfter]);
});

test('the reason stays with the cluster: found again, listed, and after its process was started anew', async () => {
  const paths = home();
  const all = () => backends(paths, { kind: { root: '.', env: {} }, existing: { env: {} }, simulator: { command: ownCommand() } });
  const told: string[] = [];
  const cluster = await all().up({ name: 'why', workers: 1, cni: 'flannel', proxyMode: 'iptables' }, (line) => void told.push(line));
  try {
    expect(told[0]).toBe(`Using ${NEEDS_NOTHING}`);
    const found = [cluster.info, (await all().find('why'))!.info, ...(await all().list())];
    expect(found.map(backendLine)).toEqual([NEEDS_NOTHING, NEEDS_NOTHING, NEEDS_NOTHING]);
  } finally {
    await cluster.down();
  }
}, 60_000);

test('what a build that was given up left of its logs goes by the same command', async () => {
  const paths = home();
  mkdirSync(join(paths.data, 'kind/gone/logs'), { recursive: true });
  const all = backends(paths, { kind: { root: '.', env: {} }, existing: { env: {} } });
  expect([await all.remove?.('gone'), await all.remove?.('never'), existsSync(join(paths.data, 'kind/gone'))]).toEqual([false, false, false]);
});
