/** Patches as rows: what was, what is asked, what is. The types are those of the API. */
import { expect, test } from 'vitest';
import { applyJsonPatch } from '../../src/api/patch/json.ts';
import { applyMergePatch } from '../../src/api/patch/merge.ts';
import { applyStrategicMergePatch } from '../../src/api/patch/strategic.ts';
import { schema } from '../kinds/world.ts';

type Obj = Record<string, unknown>;
const pod = schema.typeOf({ group: '', version: 'v1', kind: 'Pod' })!;
const deployment = schema.typeOf({ group: 'apps', version: 'v1', kind: 'Deployment' })!;
const service = schema.typeOf({ group: '', version: 'v1', kind: 'Service' })!;
const containers = (...list: Obj[]) => ({ spec: { containers: list } });

test.each<[string, typeof pod, Obj, Obj, Obj]>([
  ['a container is found by its name', pod, containers({ name: 'a', image: 'x:1' }, { name: 'b', image: 'y:1' }), containers({ name: 'a', image: 'x:2' }), containers({ name: 'a', image: 'x:2' }, { name: 'b', image: 'y:1' })],
  ['a new one is appended', pod, containers({ name: 'a' }), containers({ name: 'b' }), containers({ name: 'a' }, { name: 'b' })],
  ['$patch: delete removes one', pod, containers({ name: 'a' }, { name: 'b' }), containers({ name: 'a', $patch: 'delete' }), containers({ name: 'b' })],
  ['$patch: replace replaces all', pod, containers({ name: 'a' }, { name: 'b' }), containers({ name: 'c' }, { $patch: 'replace' }), containers({ name: 'c' })],
  ['the order that the patch names is the order', pod, containers({ name: 'a' }, { name: 'b' }), { spec: { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] } }, containers({ name: 'b' }, { name: 'a' })],
  ['null removes a field', pod, { metadata: { labels: { a: '1', b: '2' } } }, { metadata: { labels: { a: null } } }, { metadata: { labels: { b: '2' } } }],
  ['lists of words are replaced', pod, containers({ name: 'a', args: ['1', '2'] }), containers({ name: 'a', args: ['3'] }), containers({ name: 'a', args: ['3'] })],
  ['finalizers merge as a set', pod, { metadata: { finalizers: ['x', 'y'] } }, { metadata: { finalizers: ['y', 'z'] } }, { metadata: { finalizers: ['x', 'y', 'z'] } }],
  ['words are taken out one by one', pod, { metadata: { finalizers: ['x', 'y'] } }, { metadata: { '$deleteFromPrimitiveList/finalizers': ['x'] } }, { metadata: { finalizers: ['y'] } }],
  ['$retainKeys changes the arm of a union', deployment, { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } }, { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }, { spec: { strategy: { type: 'Recreate' } } }],
  ['a volume changes its source', pod, { spec: { volumes: [{ name: 'v', emptyDir: {} }] } }, { spec: { volumes: [{ $retainKeys: ['name', 'configMap'], name: 'v', configMap: { name: 'c' } }] } }, { spec: { volumes: [{ name: 'v', configMap: { name: 'c' } }] } }],
  ['ports of a Service merge by port', service, { spec: { ports: [{ port: 80, targetPort: 80 }] } }, { spec: { ports: [{ port: 80, targetPort: 8080 }] } }, { spec: { ports: [{ port: 80, targetPort: 8080 }] } }],
  ['a selector is a map: keys add up', service, { spec: { selector: { app: 'a' } } }, { spec: { selector: { tier: 'b' } } }, { spec: { selector: { app: 'a', tier: 'b' } } }],
])('strategic: %s', (_, type, before, patch, after) => {
  expect(applyStrategicMergePatch(structuredClone(before), patch, type)).toEqual(after);
});

test('strategic: an element without its key is refused', () => {
  expect(() => applyStrategicMergePatch(containers({ name: 'a' }), containers({ image: 'x' }), pod)).toThrow('map: map[image:x] does not contain declared merge key: name');
});

test.each<[Obj, Obj, Obj]>([
  [{ a: { b: 1, c: 2 } }, { a: { b: null } }, { a: { c: 2 } }],
  [{ a: [1, 2] }, { a: [3] }, { a: [3] }],
  [{ a: 1 }, { b: { c: null } }, { a: 1, b: {} }],
])('merge: %j and %j is %j', (before, patch, after) => expect(applyMergePatch(before, patch)).toEqual(after));

const doc = () => ({ spec: { ports: [{ port: 80 }, { port: 443 }], 'a/b': 1 } });
test.each<[Obj[], unknown]>([
  [[{ op: 'replace', path: '/spec/ports/0/port', value: 8088 }], { spec: { ports: [{ port: 8088 }, { port: 443 }], 'a/b': 1 } }],
  [[{ op: 'add', path: '/spec/ports/-', value: { port: 1 } }], { spec: { ports: [{ port: 80 }, { port: 443 }, { port: 1 }], 'a/b': 1 } }],
  [[{ op: 'remove', path: '/spec/ports/1' }, { op: 'remove', path: '/spec/a~1b' }], { spec: { ports: [{ port: 80 }] } }],
  [[{ op: 'test', path: '/spec/ports/0/port', value: 80 }, { op: 'move', from: '/spec/a~1b', path: '/x' }], { spec: { ports: [{ port: 80 }, { port: 443 }] }, x: 1 }],
])('json: %j', (patch, after) => expect(applyJsonPatch(doc(), patch)).toEqual(after));

const REFUSED = 'the server rejected our request due to an error in our request';
test.each<[unknown, string]>([
  [[{ op: 'replace', path: '/spec/nope', value: 1 }], REFUSED],
  [[{ op: 'remove', path: '/spec/ports/7' }], REFUSED],
  [[{ op: 'remove', path: '/spec/nope' }], REFUSED],
  [[{ op: 'add', path: '/nope/x', value: 1 }], REFUSED],
  [[{ op: 'test', path: '/spec/ports/0/port', value: 81 }], REFUSED],
  [{ op: 'add' }, 'error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch'],
])('json: %j is refused', (patch, why) => expect(() => applyJsonPatch(doc(), patch)).toThrow(why));
