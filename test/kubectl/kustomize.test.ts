/** Kustomizations built by us against what real kubectl 1.33 made of the same folders (`*.expected.yaml`), and its refusals. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { runKubectl } from '../../src/kubectl/main.ts';

const FOLDER = fileURLToPath(new URL('kustomize/', import.meta.url));
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'kustomize-')));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function check(folder: string): Promise<{ stdout: string; stderr: string; code: number }> {
  let [stdout, stderr] = ['', ''];
  const code = await runKubectl(['kustomize', folder], {
    env: {}, cwd: scratch, signal: new AbortController().signal, readStdin: () => Promise.resolve(new Uint8Array()), onStdin: () => () => {},
    stdout: (text) => void (stdout += String(text)), stderr: (text) => void (stderr += String(text).replaceAll(scratch, '<folder>')),
  });
  return { stdout, stderr, code };
}

test.each(['base', 'overlay', 'rich'])('%s is built as the real one builds it', async (name) => {
  const { stdout, code } = await check(join(FOLDER, name));
  expect(stdout).toBe(readFileSync(join(FOLDER, `${name}.expected.yaml`), 'utf8'));
  expect(code).toBe(0);
});

const WEB = 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n';

interface Row {
  readonly kustomization: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly refused: string;
}

const REFUSALS: Readonly<Record<string, Row>> = {
  'a field that nobody knows': { kustomization: 'foo: 1', refused: 'error: invalid Kustomization: json: unknown field "foo"\n' },
  'a list that is none': { kustomization: 'resources: 3', refused: 'error: invalid Kustomization: json: cannot unmarshal number into Go struct field Kustomization.resources of type []string\n' },
  'nothing at all': { kustomization: '', refused: 'error: kustomization.yaml is empty\n' },
  'a file that is missing': {
    kustomization: 'resources: [nope.yaml]',
    refused: "error: accumulating resources: accumulation err='accumulating resources from 'nope.yaml': evalsymlink failure on '<folder>/a/nope.yaml' : lstat <folder>/a/nope.yaml: no such file or directory': must build at directory: not a valid directory: evalsymlink failure on '<folder>/a/nope.yaml' : lstat <folder>/a/nope.yaml: no such file or directory\n",
  },
  'a file from outside': {
    kustomization: 'resources: [../web.yaml]', files: { '../web.yaml': WEB },
    refused: "error: accumulating resources: accumulation err='accumulating resources from '../web.yaml': security; file '<folder>/web.yaml' is not in or below '<folder>/a'': must build at directory: '<folder>/web.yaml': file is not directory\n",
  },
  'a base that contains itself': {
    kustomization: 'resources: [../a]',
    refused: "error: accumulating resources: accumulation err='accumulating resources from '../a': '<folder>/a' must resolve to a file': cycle detected: candidate root '<folder>/a' contains visited root '<folder>/a'\n",
  },
  'a patch for nothing': {
    kustomization: 'resources: [web.yaml]\npatches: [{patch: "{apiVersion: v1, kind: Service, metadata: {name: nope}}"}]', files: { 'web.yaml': WEB },
    refused: 'error: no resource matches strategic merge patch "Service.v1.[noGrp]/nope.[noNs]": no matches for Id Service.v1.[noGrp]/nope.[noNs]; failed to find unique target for patch Service.v1.[noGrp]/nope.[noNs]\n',
  },
  'replicas of nothing': {
    kustomization: 'resources: [web.yaml]\nreplicas: [{name: nope, count: 3}]', files: { 'web.yaml': WEB },
    refused: 'error: resource with name nope does not match a config with the following GVK [Deployment.[noVer].[noGrp] StatefulSet.[noVer].[noGrp] ReplicaSet.[noVer].[noGrp] ReplicationController.[noVer].[noGrp]]\n',
  },
  'a literal without a value': { kustomization: 'configMapGenerator: [{name: c, literals: [ab]}]', refused: 'error: loading KV pairs: literal sources [ab]: invalid literal source ab, expected key=value\n' },
  'what only the real one can do': { kustomization: 'replacements: []', refused: 'error: the field "replacements" of a kustomization is not available in the kubectl that comes with cka: install the real kubectl\n' },
};

describe('refused', () => {
  test.each(Object.entries(REFUSALS))('%s', async (_title, { kustomization, files = {}, refused }) => {
    const at = join(scratch, 'a');
    for (const [name, text] of Object.entries({ 'kustomization.yaml': kustomization, ...files })) {
      mkdirSync(dirname(join(at, name)), { recursive: true });
      writeFileSync(join(at, name), text);
    }
    expect(await check(at)).toEqual({ stdout: '', stderr: refused, code: 1 });
  });
});
