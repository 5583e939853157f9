/**
 * Which local port leads to which port of a pod: `8080:80`, `:http`, `80`, through a Service or not. Knows no connection.
 * See kubectl/pkg/cmd/portforward/portforward.go and client-go/tools/portforward.
 */
import { plainError } from './io.ts';
import { dig, type KubeObject } from './object.ts';

export interface ForwardedPort {
  /** 0 is any that is free. */
  readonly local: number;
  readonly remote: number;
}

interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly targetPort?: number | string;
}

/** @param object what was named on the command line; a Service's ports are not its pod's. @throws KubectlError */
export function forwardedPort(text: string, object: KubeObject, pod: KubeObject): ForwardedPort {
  const parts = text.split(':');
  const [first = '', last = first] = parts;
  if (parts.length > 2 || text === '') throw plainError(`invalid port format '${text}'`);
  const remote = object.kind === 'Service' ? servicePort(last, object, pod) : podPort(last, pod);
  if (remote === 0) throw plainError('remote port must be > 0');
  const local = parts.length === 1 ? (/^\d+$/.test(first) ? Number(first) : remote) : first === '' ? 0 : number('local', first);
  return { local, remote };
}

function servicePort(word: string, service: KubeObject, pod: KubeObject): number {
  const name = service.metadata?.name ?? '';
  const ports = (dig(service, 'spec', 'ports') as readonly ServicePort[] | undefined) ?? [];
  const isNumber = /^\d+$/.test(word);
  const found = ports.find((one) => (isNumber ? one.port === Number(word) : one.name === word));
  if (!found) throw plainError(isNumber ? `Service ${name} does not have a service port ${word}` : `Service '${name}' does not have a named port '${word}'`);
  const target = found.targetPort ?? found.port;
  // Nobody translates for a Service without an address of its own.
  if (dig(service, 'spec', 'clusterIP') === 'None') return isNumber ? Number(word) : found.port;
  return typeof target === 'number' ? target : podPort(target, pod);
}

function podPort(word: string, pod: KubeObject): number {
  if (/^\d+$/.test(word)) return number('remote', word);
  const containers = [...((dig(pod, 'spec', 'containers') as Containers) ?? []), ...((dig(pod, 'spec', 'initContainers') as Containers) ?? [])];
  const port = containers.flatMap(({ ports = [] }) => ports).find(({ name }) => name === word);
  if (!port) throw plainError(`Pod '${pod.metadata?.name}' does not have a named port '${word}'`);
  return port.containerPort;
}

type Containers = readonly { readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[] }[] | undefined;

function number(which: string, text: string): number {
  if (!/^\d+$/.test(text)) throw plainError(`error parsing ${which} port '${text}': strconv.ParseUint: parsing "${text}": invalid syntax`);
  if (Number(text) > 65_535) throw plainError(`error parsing ${which} port '${text}': strconv.ParseUint: parsing "${text}": value out of range`);
  return Number(text);
}
