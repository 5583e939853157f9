/** What the API server does between HTTP and etcd, row by row. Words are those of a real server. */
import { describe, expect, test } from 'vitest';
import { schema, object, refusal, world, type Anything } from './world.ts';

const pod = (name: string, spec: Anything = {}, metadata: Anything = {}) => object({ metadata: { name, ...metadata }, spec: { containers: [{ name: 'a', image: 'nginx:1.27' }], ...spec } });
const service = (name: string, spec: Anything) => object({ metadata: { name }, spec });
const read = (value: unknown) => value as Anything & { metadata: Anything; spec: Anything; status: Anything };

describe('refusals of new objects', () => {
  test.each<[string, string, Anything, string]>([
    ['no such namespace', 'pods', { metadata: { name: 'p', namespace: 'ghost' }, spec: { containers: [{ name: 'a', image: 'x' }] } }, '404 NotFound: namespaces "ghost" not found'],
    ['no containers', 'pods', { metadata: { name: 'p' }, spec: { containers: [] } }, '422 Invalid: Pod "p" is invalid: spec.containers: Required value'],
    ['no image', 'pods', { metadata: { name: 'p' }, spec: { containers: [{ name: 'a' }] } }, '422 Invalid: Pod "p" is invalid: spec.containers[0].image: Required value'],
    ['two of a name', 'pods', { metadata: { name: 'p' }, spec: { containers: [{ name: 'a', image: 'x' }, { name: 'a', image: 'x' }] } }, '422 Invalid: Pod "p" is invalid: spec.containers[1].name: Duplicate value: "a"'],
    ['a mount of nothing', 'pods', { metadata: { name: 'p' }, spec: { containers: [{ name: 'a', image: 'x', volumeMounts: [{ name: 'v', mountPath: '/v' }] }] } }, '422 Invalid: Pod "p" is invalid: spec.containers[0].volumeMounts[0].name: Not found: "v"'],
    ['a policy that is none', 'pods', { metadata: { name: 'p' }, spec: { restartPolicy: 'Sometimes', containers: [{ name: 'a', image: 'x' }] } }, '422 Invalid: Pod "p" is invalid: spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"'],
    ['an account that is not there', 'pods', { metadata: { name: 'p' }, spec: { serviceAccountName: 'robot', containers: [{ name: 'a', image: 'x' }] } }, '403 Forbidden: pods "p" is forbidden: error looking up service account default/robot: serviceaccount "robot" not found'],
    ['a class that is not there', 'pods', { metadata: { name: 'p' }, spec: { priorityClassName: 'high', containers: [{ name: 'a', image: 'x' }] } }, '403 Forbidden: pods "p" is forbidden: no PriorityClass with name high was found'],
    ['a selector that misses', 'deployments.apps', { metadata: { name: 'd' }, spec: { selector: { matchLabels: { app: 'a' } }, template: { metadata: { labels: { app: 'b' } }, spec: { containers: [{ name: 'a', image: 'x' }] } } } }, '422 Invalid: Deployment.apps "d" is invalid: spec.template.metadata.labels: Invalid value: {"app":"b"}: `selector` does not match template `labels`'],
    ['a template that ends', 'deployments.apps', { metadata: { name: 'd' }, spec: { selector: { matchLabels: { app: 'a' } }, template: { metadata: { labels: { app: 'a' } }, spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'x' }] } } } }, '422 Invalid: Deployment.apps "d" is invalid: spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
    ['a Service without ports', 'services', { metadata: { name: 's' }, spec: {} }, '422 Invalid: Service "s" is invalid: spec.ports: Required value'],
    ['an address outside', 'services', { metadata: { name: 's' }, spec: { clusterIP: '10.1.1.1', ports: [{ port: 80 }] } }, '422 Invalid: Service "s" is invalid: spec.clusterIPs: Invalid value: ["10.1.1.1"]: failed to allocate IP 10.1.1.1: provided IP is not in the valid range. The range of valid IPs is 10.96.0.0/16'],
    ['a node port on a ClusterIP', 'services', { metadata: { name: 's' }, spec: { ports: [{ port: 80, nodePort: 30080 }] } }, "422 Invalid: Service \"s\" is invalid: spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
    ['no name at all', 'configmaps', { metadata: {} }, '422 Invalid: ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required'],
    ['a key with a blank', 'configmaps', { metadata: { name: 'c' }, data: { 'a b': '1' } }, "422 Invalid: ConfigMap \"c\" is invalid: data[a b]: Invalid value: \"a b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"],
    ['a TLS secret without its key', 'secrets', { metadata: { name: 's' }, type: 'kubernetes.io/tls', data: { 'tls.crt': 'YQ==' } }, '422 Invalid: Secret "s" is invalid: data[tls.key]: Required value'],
    ['a host and a path type', 'ingresses.networking.k8s.io', { metadata: { name: 'i' }, spec: { rules: [{ host: 'Bad_Host', http: { paths: [{ path: 'nope', backend: { service: { name: 'web', port: { number: 80 } } } }] } }] } }, "422 Invalid: Ingress.networking.k8s.io \"i\" is invalid: [spec.rules[0].host: Invalid value: \"Bad_Host\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*'), spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified]"],
    ['who may do all may not do less', 'pods', { metadata: { name: 'p' }, spec: { securityContext: { runAsUser: -1, supplementalGroupsPolicy: 'Odd' }, containers: [{ name: 'c', image: 'x', securityContext: { privileged: true, allowPrivilegeEscalation: false } }] } }, '422 Invalid: Pod "p" is invalid: [spec.containers[0].securityContext: Invalid value: {"Capabilities":null,"Privileged":true,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true, spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive, spec.securityContext.supplementalGroupsPolicy: Unsupported value: "Odd": supported values: "Merge", "Strict"]'],
    ['units in small letters', 'pods', { metadata: { name: 'p' }, spec: { containers: [{ name: 'a', image: 'x', resources: { limits: { memory: '128mi' } } }] } }, '400 BadRequest: Pod in version "v1" cannot be handled as a Pod: unable to parse quantity\'s suffix'],
    ['a field that is none', 'pods', { metadata: { name: 'p' }, spec: { contaners: [], containers: [{ name: 'a', image: 'x', imagePull: 'y' }] } }, '400 BadRequest: Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.contaners", unknown field "spec.containers[0].imagePull"'],
    ['a word for a number', 'deployments.apps', { metadata: { name: 'd' }, spec: { replicas: 'two' } }, '400 BadRequest: Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32'],
    ['a number for a word', 'configmaps', { metadata: { name: 'c' }, data: { a: 1 } }, '400 BadRequest: ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string'],
  ])('%s', (_, kind, manifest, words) => {
    const { registry } = world();
    expect(refusal(() => registry.create(kind, object(manifest), { fieldValidation: 'Strict' }))).toBe(words);
  });
});

describe('names, addresses, conflicts', () => {
  test('a name is taken once, generated ones never twice', () => {
    const { registry } = world();
    registry.create('pods', pod('web'));
    expect(refusal(() => registry.create('pods', pod('web')))).toBe('409 AlreadyExists: pods "web" already exists');
    const names = [1, 2, 3].map(() => registry.create('pods', object({ metadata: { generateName: 'web-' }, spec: { containers: [{ name: 'a', image: 'x' }] } })).metadata.name);
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  test('addresses come from the upper band, given ones are kept, taken ones refused', () => {
    const { registry } = world();
    registry.create('services', service('dns', { clusterIP: '10.96.0.10', ports: [{ port: 53 }] }));
    expect(refusal(() => registry.create('services', service('again', { clusterIP: '10.96.0.10', ports: [{ port: 53 }] })))).toBe(
      '422 Invalid: Service "again" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: provided IP is already allocated',
    );
    const [, , third] = String(read(registry.create('services', service('web', { ports: [{ port: 80 }] }))).spec['clusterIP']).split('.').map(Number);
    expect(third).toBeGreaterThan(0);
    const headless = read(registry.create('services', service('db', { clusterIP: 'None', ports: [{ port: 5432 }] })));
    expect(headless.spec).toMatchObject({ clusterIP: 'None', clusterIPs: ['None'] });
  });

  test('a write based on an old reading is refused, one that changes nothing is no write', () => {
    const { registry, store } = world();
    const before = registry.create('configmaps', object({ metadata: { name: 'c' }, data: { a: '1' } }));
    registry.patch('configmaps', 'c', 'default', { type: 'merge', body: { data: { a: '2' } } });
    expect(refusal(() => registry.update('configmaps', { ...before } as never))).toBe('409 Conflict: Operation cannot be fulfilled on configmaps "c": the object has been modified; please apply your changes to the latest version and try again');
    const revision = store.revision;
    registry.patch('configmaps', 'c', 'default', { type: 'merge', body: { data: { a: '2' } } });
    expect(store.revision).toBe(revision);
  });

  test('a dry run shows what would be, and leaves nothing', () => {
    const { registry, store } = world();
    const revision = store.revision;
    expect(registry.create('pods', pod('p'), { dryRun: true }).metadata.name).toBe('p');
    expect([registry.find('pods', 'p', 'default'), store.revision]).toEqual([undefined, revision]);
  });
});

describe('deletion', () => {
  test('a pod that runs gets its grace period, one that does not is gone at once', () => {
    const { registry } = world();
    registry.create('pods', pod('waiting'));
    registry.delete('pods', 'waiting', 'default');
    expect(registry.find('pods', 'waiting', 'default')).toBeUndefined();
    registry.create('pods', pod('running', { nodeName: 'worker' }));
    expect(registry.delete('pods', 'running', 'default').metadata).toMatchObject({ deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30 });
    expect(registry.delete('pods', 'running', 'default', { gracePeriodSeconds: 5 }).metadata).toMatchObject({ deletionTimestamp: '2026-01-01T00:00:05Z' });
    registry.delete('pods', 'running', 'default', { gracePeriodSeconds: 0 });
    expect(registry.find('pods', 'running', 'default')).toBeUndefined();
  });

  test('finalizers keep an object until the last is removed', () => {
    const { registry } = world();
    registry.create('configmaps', object({ metadata: { name: 'c', finalizers: ['example.com/a'] } }));
    expect(registry.delete('configmaps', 'c', 'default').metadata.deletionTimestamp).toBe('2026-01-01T00:00:00Z');
    expect(refusal(() => registry.patch('configmaps', 'c', 'default', { type: 'merge', body: { metadata: { finalizers: ['example.com/a', 'example.com/b'] } } }))).toBe(
      '422 Invalid: ConfigMap "c" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/b"}',
    );
    registry.patch('configmaps', 'c', 'default', { type: 'merge', body: { metadata: { finalizers: null } } });
    expect(registry.find('configmaps', 'c', 'default')).toBeUndefined();
  });

  test('a namespace ends when it is finalized; until then nothing new comes in', () => {
    const { registry } = world(['default', 'lab']);
    expect(read(registry.delete('namespaces', 'lab', undefined)).status).toEqual({ phase: 'Terminating' });
    expect(refusal(() => registry.create('configmaps', object({ metadata: { name: 'late', namespace: 'lab' } })))).toBe(
      '403 Forbidden: configmaps "late" is forbidden: unable to create new content in namespace lab because it is being terminated',
    );
    registry.update('namespaces', object({ ...registry.get('namespaces', 'lab'), spec: { finalizers: [] } }), { subresource: 'finalize' });
    expect(registry.find('namespaces', 'lab')).toBeUndefined();
    expect(refusal(() => registry.delete('namespaces', 'default', undefined))).toBe('403 Forbidden: namespaces "default" is forbidden: this namespace may not be deleted');
  });
});

describe('lists and watches', () => {
  test('an object that stops matching is deleted for its watcher, one that begins to is added', () => {
    const { registry } = world();
    const seen: string[] = [];
    registry.watch('pods', { namespace: 'default', labelSelector: 'app=web' }, ({ type, object: { metadata } }) => seen.push(`${type} ${metadata.name}`));
    registry.create('pods', pod('a', {}, { labels: { app: 'web' } }));
    const label = (value: string | null) => registry.patch('pods', 'a', 'default', { type: 'merge', body: { metadata: { labels: { app: value } } } });
    label('db');
    label('web');
    registry.delete('pods', 'a', 'default');
    expect(seen).toEqual(['ADDED a', 'DELETED a', 'ADDED a', 'DELETED a']);
  });

  test('pages show one state, whatever is written meanwhile', () => {
    const { registry } = world();
    for (const name of ['a', 'b', 'c', 'd']) registry.create('configmaps', object({ metadata: { name } }));
    const first = registry.list('configmaps', { namespace: 'default', limit: 2 });
    registry.delete('configmaps', 'c', 'default');
    registry.create('configmaps', object({ metadata: { name: 'e' } }));
    const second = registry.list('configmaps', { namespace: 'default', limit: 2, continue: first.continue });
    expect([first.items, second.items].map((items) => items.map((item) => item.metadata.name))).toEqual([['a', 'b'], ['c', 'd']]);
    expect([first.remainingItemCount, second.continue]).toEqual([2, undefined]);
  });

  test('fields that can be selected', () => {
    const { registry } = world();
    registry.create('pods', pod('a', { nodeName: 'worker' }));
    registry.create('pods', pod('b'));
    const names = (fieldSelector: string) => registry.list('pods', { fieldSelector }).items.map((item) => item.metadata.name);
    expect([names('spec.nodeName=worker'), names('spec.nodeName!=worker'), names('status.phase=Pending,metadata.name=b')]).toEqual([['a'], ['b'], ['b']]);
    expect(refusal(() => names('spec.foo=1'))).toBe('400 BadRequest: field label not supported: spec.foo');
  });

  test('an event is one object in two versions', () => {
    const { registry } = world();
    registry.create('events', object({ metadata: { name: 'e', namespace: 'default' }, involvedObject: { kind: 'Pod', name: 'p' }, reason: 'Started', message: 'hello', source: { component: 'kubelet' } }));
    expect(registry.get('events.events.k8s.io', 'e', 'default')).toMatchObject({ apiVersion: 'events.k8s.io/v1', regarding: { kind: 'Pod', name: 'p' }, note: 'hello', deprecatedSource: { component: 'kubelet' } });
  });
});

test('a pod is bound once', () => {
  const { registry } = world();
  registry.create('pods', pod('p'));
  const bind = () => registry.createSubresource('pods', 'p', 'default', 'binding', { ...object({ metadata: { name: 'p' } }), target: { kind: 'Node', name: 'worker' } });
  expect(bind()).toMatchObject({ status: 'Success', code: 201 });
  expect(read(registry.get('pods', 'p', 'default')).spec['nodeName']).toBe('worker');
  expect(refusal(bind)).toBe('409 Conflict: Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "worker"');
});

test('every kind has its types in the schema, and says its name once', () => {
  const { registry } = world();
  for (const kind of registry.kinds) expect(schema.typeOf(kind), kind.kind).toBeDefined();
  const paths = registry.kinds.map(({ group, version, plural }) => `${group}/${version}/${plural}`);
  expect(new Set(paths).size).toBe(paths.length);
});

test('a refused change of a pod shows what would have changed, as Go sees it', () => {
  const { registry } = world();
  registry.create('pods', pod('fixed', { terminationGracePeriodSeconds: 1, containers: [{ name: 'a', image: 'nginx:1.26' }] }));
  const change = (container: Anything) => refusal(() => registry.patch('pods', 'fixed', 'default', { type: 'strategic', body: { spec: { containers: [{ name: 'a', ...container }] } } }));
  expect(change({ command: ['sleep', '1'] })).toMatchInlineSnapshot(`
    "422 Invalid: Pod "fixed" is invalid: spec: Forbidden: pod updates may not change fields other than \`spec.containers[*].image\`,\`spec.initContainers[*].image\`,\`spec.activeDeadlineSeconds\`,\`spec.tolerations\` (only additions to existing tolerations),\`spec.terminationGracePeriodSeconds\` (allow it to be set to 1 if it was previously negative)
    @@ -93,7 +93,10 @@
       {
        "Name": "a",
        "Image": "nginx:1.26",
    -   "Command": null,
    +   "Command": [
    +    "sleep",
    +    "1"
    +   ],
        "Args": null,
        "WorkingDir": "",
        "Ports": null,
    "
  `);
  expect(change({ resources: { requests: { cpu: '50m' } } }).split('\n').slice(1)).toMatchInlineSnapshot(`
    [
      "@@ -101,7 +101,9 @@",
      "    "Env": null,",
      "    "Resources": {",
      "     "Limits": null,",
      "-    "Requests": null,",
      "+    "Requests": {",
      "+     "cpu": "50m"",
      "+    },",
      "     "Claims": null",
      "    },",
      "    "ResizePolicy": null,",
      "",
    ]
  `);
});

test('the template of a job is for good, and shown whole when somebody tries', () => {
  const { registry } = world();
  registry.create('jobs.batch', object({ metadata: { name: 'many' }, spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'w', image: 'busybox:1.36', command: ['sh', '-c', 'sleep 1'] }] } } } }));
  const words = refusal(() => registry.patch('jobs.batch', 'many', 'default', { type: 'strategic', body: { spec: { template: { spec: { restartPolicy: 'OnFailure' } } } } }));
  expect(words.replace(/[0-9a-f-]{36}/g, '<uid>')).toBe(
    '422 Invalid: Job.batch "many" is invalid: spec.template: Invalid value: {"labels":{"batch.kubernetes.io/controller-uid":"<uid>","batch.kubernetes.io/job-name":"many","controller-uid":"<uid>","job-name":"many"},"Spec":{"Volumes":null,"InitContainers":null,"Containers":[{"Name":"w","Image":"busybox:1.36","Command":["sh","-c","sleep 1"],"Args":null,"WorkingDir":"","Ports":null,"EnvFrom":null,"Env":null,"Resources":{"Limits":null,"Requests":null,"Claims":null},"ResizePolicy":null,"RestartPolicy":null,"RestartPolicyRules":null,"VolumeMounts":null,"VolumeDevices":null,"LivenessProbe":null,"ReadinessProbe":null,"StartupProbe":null,"Lifecycle":null,"TerminationMessagePath":"/dev/termination-log","TerminationMessagePolicy":"File","ImagePullPolicy":"IfNotPresent","SecurityContext":null,"Stdin":false,"StdinOnce":false,"TTY":false}],"EphemeralContainers":null,"RestartPolicy":"OnFailure","TerminationGracePeriodSeconds":30,"ActiveDeadlineSeconds":null,"DNSPolicy":"ClusterFirst","NodeSelector":null,"ServiceAccountName":"","AutomountServiceAccountToken":null,"NodeName":"","SecurityContext":{"HostNetwork":false,"HostPID":false,"HostIPC":false,"ShareProcessNamespace":null,"HostUsers":null,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"SupplementalGroups":null,"SupplementalGroupsPolicy":null,"FSGroup":null,"FSGroupChangePolicy":null,"Sysctls":null,"SeccompProfile":null,"AppArmorProfile":null,"SELinuxChangePolicy":null},"ImagePullSecrets":null,"Hostname":"","Subdomain":"","SetHostnameAsFQDN":null,"Affinity":null,"SchedulerName":"default-scheduler","Tolerations":null,"HostAliases":null,"PriorityClassName":"","Priority":null,"PreemptionPolicy":null,"DNSConfig":null,"ReadinessGates":null,"RuntimeClassName":null,"Overhead":null,"EnableServiceLinks":null,"TopologySpreadConstraints":null,"OS":null,"SchedulingGates":null,"ResourceClaims":null,"Resources":null,"HostnameOverride":null,"SchedulingGroup":null}}: field is immutable',
  );
});
