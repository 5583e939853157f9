/**
 * Kubernetes' protobuf to the JSON that the same client would have sent. Newer kubectls send it for what they generate.
 * Knows no types: the table says (see `data/protobuf.json`). Protobuf there always writes values that Go's JSON leaves out
 * when they are zero, so zeros are dropped, except where the Go field is a pointer. See apimachinery/pkg/runtime/serializer/protobuf.
 */
import { fromBytes } from '../base/bytes.ts';
import { badRequest } from './status.ts';
import { microTimestamp, timestamp } from './time.ts';

/**
 * Message name → field number → [JSON name, type]. A type is `string bytes bool int double` or a message's name,
 * `[]` before it for lists, `{}` for maps. An empty JSON name: the message's fields belong to its owner.
 */
export type ProtobufTable = Readonly<Record<string, Readonly<Record<string, readonly [name: string, type: string]>>>>;

type Json = Record<string, unknown>;

const META = 'k8s.io.apimachinery.pkg.apis.meta.v1.';

/** Go pointers to numbers, booleans and strings: there a zero was meant. */
const POINTERS = new Set(
  (
    'replicas revisionHistoryLimit progressDeadlineSeconds terminationGracePeriodSeconds activeDeadlineSeconds tolerationSeconds gracePeriodSeconds deletionGracePeriodSeconds ' +
    'runAsUser runAsGroup fsGroup runAsNonRoot readOnlyRootFilesystem privileged allowPrivilegeEscalation defaultMode mode expirationSeconds backoffLimit backoffLimitPerIndex ' +
    'maxFailedIndexes parallelism completions ttlSecondsAfterFinished partition minReplicas priority timeoutSeconds startingDeadlineSeconds successfulJobsHistoryLimit ' +
    'failedJobsHistoryLimit leaseDurationSeconds leaseTransitions minDomains averageUtilization targetCPUUtilizationPercentage automountServiceAccountToken enableServiceLinks ' +
    'optional shareProcessNamespace controller blockOwnerDeletion suspend immutable allocateLoadBalancerNodePorts setHostnameAsFQDN hostUsers manualSelector allowVolumeExpansion ' +
    'orphanDependents ready serving terminating storageClassName ingressClassName volumeAttributesClassName started stabilizationWindowSeconds'
  ).split(' '),
);

/** Fields whose Go JSON tag has no `omitempty`: zero is written there. */
const ALWAYS = new Set(['allowed', 'restartCount', 'containerPort', 'port', 'weight', 'maxSkew', 'maxReplicas', 'incomplete', 'currentHealthy', 'desiredHealthy', 'disruptionsAllowed', 'expectedPods', 'token']);

/** Pointers in some messages, plain values in others. */
const PLAIN_IN: Readonly<Record<string, ReadonlySet<string>>> = {
  timeoutSeconds: new Set(['k8s.io.api.core.v1.Probe']),
  replicas: new Set(['k8s.io.api.apps.v1.DeploymentStatus', 'k8s.io.api.autoscaling.v1.ScaleSpec']),
  ready: new Set(['k8s.io.api.core.v1.ContainerStatus']),
};

/** @throws ApiError BadRequest for a message that the table does not know */
export function decodeProtobuf(bytes: Uint8Array, table: ProtobufTable, messageName: string): Json {
  if (!Object.hasOwn(table, messageName)) throw badRequest(`no kind ${JSON.stringify(messageName.slice(messageName.lastIndexOf('.') + 1))} is registered for protobuf`);
  return new Reader(bytes, table).message(messageName, bytes.length) as Json;
}

class Reader {
  #at = 0;

  constructor(
    readonly bytes: Uint8Array,
    readonly table: ProtobufTable,
  ) {}

  message(name: string, end: number): unknown {
    const raw = this.#fields(name, end);
    return Object.hasOwn(SPECIAL, name) ? SPECIAL[name]!(raw) : raw;
  }

  #fields(name: string, end: number): Json {
    const fields = this.table[name];
    const result: Json = {};
    const special = Object.hasOwn(SPECIAL, name);
    while (this.#at < end) {
      const tag = this.#varint();
      const field = fields?.[Math.floor(tag / 8)];
      if (!field) {
        this.#skip(tag % 8);
        continue;
      }
      const [jsonName, type] = field;
      this.#read(result, jsonName, type, tag % 8, name, special);
    }
    return result;
  }

  #read(into: Json, jsonName: string, type: string, wire: number, owner: string, keepZero: boolean): void {
    if (type.startsWith('[]')) {
      const item = type.slice(2);
      const list = (into[jsonName] ??= []) as unknown[];
      if (wire === 2 && (item === 'int' || item === 'bool')) {
        for (const end = this.#varint() + this.#at; this.#at < end; ) list.push(this.#varint());
      } else list.push(this.#value(item, wire));
    } else if (type.startsWith('{}')) {
      const map = (into[jsonName] ??= {}) as Json;
      const end = this.#varint() + this.#at;
      let key = '';
      let value: unknown = zeroOf(type.slice(2));
      while (this.#at < end) {
        const tag = this.#varint();
        if (Math.floor(tag / 8) === 1) key = String(this.#value('string', tag % 8));
        else value = this.#value(type.slice(2), tag % 8);
      }
      map[key] = value;
    } else {
      const value = this.#value(type, wire);
      if (jsonName === '') Object.assign(into, value);
      else if (keepZero || !isDropped(owner, jsonName, value)) into[jsonName] = value;
    }
  }

  #value(type: string, wire: number): unknown {
    switch (type) {
      case 'int':
        return signed(this.#bigVarint());
      case 'bool':
        return this.#varint() !== 0;
      case 'double': {
        const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + this.#at, 8);
        this.#at += 8;
        return view.getFloat64(0, true);
      }
      case 'string':
        return new TextDecoder().decode(this.#chunk());
      case 'bytes':
        return btoa(fromBytes(this.#chunk()));
      default: {
        if (wire !== 2) throw badRequest(`proto: wrong wireType = ${wire} for field of type ${type}`);
        const length = this.#varint();
        return this.message(type, this.#at + length);
      }
    }
  }

  #chunk(): Uint8Array {
    const length = this.#varint();
    if (this.#at + length > this.bytes.length) throw badRequest('unexpected EOF');
    this.#at += length;
    return this.bytes.subarray(this.#at - length, this.#at);
  }

  #varint(): number {
    return Number(this.#bigVarint());
  }

  #bigVarint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.bytes[this.#at++];
      if (byte === undefined) throw badRequest('unexpected EOF');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  #skip(wire: number): void {
    if (wire === 0) this.#bigVarint();
    else if (wire === 2) this.#chunk();
    else this.#at += wire === 1 ? 8 : 4;
  }
}

const signed = (value: bigint) => Number(BigInt.asIntN(64, value));

const zeroOf = (type: string) => (type === 'int' || type === 'double' ? 0 : type === 'bool' ? false : type === 'string' || type === 'bytes' ? '' : {});

function isDropped(owner: string, name: string, value: unknown): boolean {
  if (value === null) return true;
  if (value !== '' && value !== 0 && value !== false) return false;
  if (ALWAYS.has(name)) return false;
  return !POINTERS.has(name) || PLAIN_IN[name]?.has(owner) === true;
}

/** Types with a JSON form of their own. */
const SPECIAL: Readonly<Record<string, (raw: Json) => unknown>> = {
  [`${META}Time`]: ({ seconds }) => (seconds === undefined ? null : timestamp((seconds as number) * 1000)),
  [`${META}MicroTime`]: ({ seconds, nanos }) => (seconds === undefined ? null : microTimestamp((seconds as number) * 1000 + ((nanos as number | undefined) ?? 0) / 1e6)),
  [`${META}Verbs`]: ({ items }) => items ?? [],
  [`${META}FieldsV1`]: ({ Raw }) => json(Raw),
  [`${META}Duration`]: ({ duration }) => `${((duration as number | undefined) ?? 0) / 1e9}s`,
  'k8s.io.apimachinery.pkg.api.resource.Quantity': ({ string }) => string ?? '0',
  'k8s.io.apimachinery.pkg.util.intstr.IntOrString': ({ type, intVal, strVal }) => (type === 1 ? (strVal ?? '') : (intVal ?? 0)),
  'k8s.io.apimachinery.pkg.runtime.RawExtension': ({ raw }) => json(raw),
  'k8s.io.api.authentication.v1.ExtraValue': ({ items }) => items ?? [],
  'k8s.io.api.authorization.v1.ExtraValue': ({ items }) => items ?? [],
  'k8s.io.api.certificates.v1.ExtraValue': ({ items }) => items ?? [],
};

/** Bytes that are JSON already; they came as base64. */
function json(raw: unknown): unknown {
  if (typeof raw !== 'string' || raw === '') return null;
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(raw), (char) => char.charCodeAt(0)))) as unknown;
}
