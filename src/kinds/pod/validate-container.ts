/**
 * The rules of containers. See validateContainers, validateProbe and validateResourceRequirements
 * in pkg/apis/core/validation/validation.go.
 */
import { duplicate, forbiddenField, invalidValue, notFoundValue, notSupported, required, type FieldError } from '../../api/field-error.ts';
import { compareQuantities } from '../../api/quantity.ts';
import { nameProblems } from '../metadata.ts';
import { validateSecurityContext } from './validate-security.ts';
import type { Container, EnvVar, Handler, PodSpec, Probe, Resources } from './types.ts';

export function validateContainers(spec: PodSpec, volumes: ReadonlySet<string>, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  if (!spec.containers?.length) errors.push(required(`${path}.containers`));
  for (const list of ['containers', 'initContainers', 'ephemeralContainers'] as const) {
    (spec[list] ?? []).forEach((container, index) => {
      const at = `${path}.${list}[${index}]`;
      errors.push(...validateContainer(container, at, volumes, list));
      if (container.name && names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name));
      names.add(container.name);
    });
  }
  return errors;
}

function validateContainer(container: Container, at: string, volumes: ReadonlySet<string>, list: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!container.name) errors.push(required(`${at}.name`));
  else for (const problem of nameProblems(container.name, 'label')) errors.push(invalidValue(`${at}.name`, container.name, problem));
  if (!container.image) errors.push(required(`${at}.image`));
  else if (container.image !== container.image.trim()) errors.push(invalidValue(`${at}.image`, container.image, 'must not have leading or trailing whitespace'));
  if (container.terminationMessagePolicy && !['File', 'FallbackToLogsOnError'].includes(container.terminationMessagePolicy)) {
    errors.push(notSupported(`${at}.terminationMessagePolicy`, container.terminationMessagePolicy, ['File', 'FallbackToLogsOnError']));
  }
  errors.push(...validatePorts(container, at));
  (container.env ?? []).forEach((variable, index) => errors.push(...validateVariable(variable, `${at}.env[${index}]`)));
  errors.push(...validateEnvFrom(container, at), ...validateMounts(container, at, volumes));
  if (container.imagePullPolicy && !['Always', 'IfNotPresent', 'Never'].includes(container.imagePullPolicy)) {
    errors.push(notSupported(`${at}.imagePullPolicy`, container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never']));
  }
  errors.push(...validateResources(container.resources, `${at}.resources`), ...validateSecurityContext(container.securityContext, `${at}.securityContext`));
  const sidecar = list === 'initContainers' && container.restartPolicy === 'Always';
  if (list === 'initContainers' && !sidecar) {
    for (const field of ['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'] as const) {
      if (container[field]) errors.push(forbiddenField(`${at}.${field}`, 'may not be set for init containers without restartPolicy=Always'));
    }
    return errors;
  }
  for (const [name, handler] of [['postStart', container.lifecycle?.postStart], ['preStop', container.lifecycle?.preStop]] as const) {
    if (handler) errors.push(...validateHandler(handler, `${at}.lifecycle.${name}`));
  }
  for (const field of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    const probe = container[field];
    if (!probe) continue;
    errors.push(...validateProbe(probe, `${at}.${field}`));
    if (field !== 'readinessProbe' && (probe.successThreshold ?? 1) !== 1) errors.push(invalidValue(`${at}.${field}.successThreshold`, probe.successThreshold, 'must be 1'));
  }
  return errors;
}

function validatePorts(container: Container, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  container.ports?.forEach((port, index) => {
    const path = `${at}.ports[${index}]`;
    if (port.name) {
      const problems = portNameProblems(port.name);
      for (const problem of problems) errors.push(invalidValue(`${path}.name`, port.name, problem));
      if (problems.length === 0 && names.has(port.name)) errors.push(duplicate(`${path}.name`, port.name));
      names.add(port.name);
    }
    if (!port.containerPort) errors.push(required(`${path}.containerPort`));
    else if (!isPort(port.containerPort)) errors.push(invalidValue(`${path}.containerPort`, port.containerPort, PORT_RULE));
    if (port.hostPort && !isPort(port.hostPort)) errors.push(invalidValue(`${path}.hostPort`, port.hostPort, PORT_RULE));
    if (!['TCP', 'UDP', 'SCTP'].includes(port.protocol ?? '')) errors.push(notSupported(`${path}.protocol`, port.protocol ?? '', ['SCTP', 'TCP', 'UDP']));
  });
  return errors;
}

export const PORT_RULE = 'must be between 1 and 65535, inclusive';
export const isPort = (port: number) => Number.isInteger(port) && port >= 1 && port <= 65535;

/** IANA service names, as ports have them. */
export function portNameProblems(name: string): string[] {
  const problems: string[] = [];
  if (name.length > 15) problems.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]+$/.test(name)) problems.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  if (!/[a-z]/.test(name)) problems.push('must contain at least one letter (a-z)');
  if (name.includes('--')) problems.push('must not contain consecutive hyphens');
  if (name.startsWith('-') || name.endsWith('-')) problems.push('must not begin or end with a hyphen');
  return problems;
}

const ENV_NAME_RULE = "a valid environment variable name must consist only of printable ASCII characters other than '='";

function validateVariable(variable: EnvVar, at: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!variable.name) errors.push(required(`${at}.name`));
  else if (!/^[\x20-\x3c\x3e-\x7e]+$/.test(variable.name)) errors.push(invalidValue(`${at}.name`, variable.name, ENV_NAME_RULE));
  const { valueFrom } = variable;
  if (!valueFrom) return errors;
  const sources = Object.keys(valueFrom);
  if (sources.length === 0) errors.push(invalidValue(`${at}.valueFrom`, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'));
  else if (variable.value) errors.push(invalidValue(`${at}.valueFrom`, '', 'may not be specified when `value` is not empty'));
  else if (sources.length > 1) errors.push(invalidValue(`${at}.valueFrom`, '', 'may not have more than one field specified at a time'));
  for (const source of ['configMapKeyRef', 'secretKeyRef'] as const) {
    const reference = valueFrom[source];
    if (reference && !reference.name) errors.push(required(`${at}.valueFrom.${source}.name`));
    if (reference && !reference.key) errors.push(required(`${at}.valueFrom.${source}.key`));
  }
  if (valueFrom.fieldRef) errors.push(...validateFieldPath(valueFrom.fieldRef.fieldPath, `${at}.valueFrom.fieldRef.fieldPath`));
  return errors;
}

const FIELD_PATHS = ['metadata.name', 'metadata.namespace', 'metadata.uid', 'spec.nodeName', 'spec.serviceAccountName', 'status.hostIP', 'status.hostIPs', 'status.podIP', 'status.podIPs'];

function validateFieldPath(fieldPath: string | undefined, at: string): FieldError[] {
  if (!fieldPath) return [required(at)];
  if (/^metadata\.(labels|annotations)\['.+'\]$/.test(fieldPath) || FIELD_PATHS.includes(fieldPath)) return [];
  const known = /^(metadata|spec|status)\./.test(fieldPath);
  return known && !/\[/.test(fieldPath) ? [notSupported(at, fieldPath, FIELD_PATHS)] : [invalidValue(at, fieldPath, `error converting fieldPath: field label not supported: ${fieldPath}`)];
}

function validateEnvFrom(container: Container, at: string): FieldError[] {
  return (container.envFrom ?? []).flatMap((source, index) => {
    const path = `${at}.envFrom[${index}]`;
    if (source.configMapRef) return source.configMapRef.name ? [] : [required(`${path}.configMapRef.name`)];
    if (source.secretRef) return source.secretRef.name ? [] : [required(`${path}.secretRef.name`)];
    return [invalidValue(path, '', 'must specify one of: `configMapRef` or `secretRef`')];
  });
}

function validateMounts(container: Container, at: string, volumes: ReadonlySet<string>): FieldError[] {
  const errors: FieldError[] = [];
  const paths = new Set<string>();
  container.volumeMounts?.forEach((mount, index) => {
    const path = `${at}.volumeMounts[${index}]`;
    if (!mount.name) errors.push(required(`${path}.name`));
    if (mount.name && !volumes.has(mount.name)) errors.push(notFoundValue(`${path}.name`, mount.name));
    if (!mount.mountPath) errors.push(required(`${path}.mountPath`));
    if (mount.mountPath && paths.has(mount.mountPath)) errors.push(invalidValue(`${path}.mountPath`, mount.mountPath, 'must be unique'));
    paths.add(mount.mountPath);
    if (mount.subPath?.startsWith('/')) errors.push(invalidValue(`${path}.subPath`, mount.subPath, 'must be a relative path'));
    else if (mount.subPath?.split('/').includes('..')) errors.push(invalidValue(`${path}.subPath`, mount.subPath, "must not contain '..'"));
  });
  return errors;
}

const STANDARD = new Set(['cpu', 'memory', 'ephemeral-storage']);

export function validateResources(resources: Resources | undefined, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const check = (name: string, amount: string, path: string) => {
    if (!STANDARD.has(name) && !name.includes('/') && !name.startsWith('hugepages-')) errors.push(invalidValue(path, name, 'must be a standard resource type or fully qualified'), invalidValue(path, name, 'must be a standard resource for containers'));
    if (compareQuantities(amount, '0') < 0) errors.push(invalidValue(`${path}[${name}]`, amount, 'must be greater than or equal to 0'));
  };
  for (const [name, amount] of sorted(resources?.limits)) check(name, amount, `${at}.limits`);
  for (const [name, amount] of sorted(resources?.requests)) {
    check(name, amount, `${at}.requests`);
    const limit = resources?.limits?.[name];
    if (limit !== undefined && compareQuantities(amount, limit) > 0) errors.push(invalidValue(`${at}.requests`, amount, `must be less than or equal to ${name} limit of ${limit}`));
  }
  return errors;
}

const sorted = (amounts: Record<string, string> | undefined) => Object.entries(amounts ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const;

function validateProbe(probe: Probe, at: string): FieldError[] {
  const errors = validateHandler(probe, at);
  for (const field of ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'] as const) {
    if ((probe[field] ?? 0) < 0) errors.push(invalidValue(`${at}.${field}`, probe[field], 'must be greater than or equal to 0'));
  }
  return errors;
}

function validateHandler(handler: Handler, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const given = HANDLERS.filter((name) => handler[name] !== undefined);
  if (given.length === 0) errors.push(required(at, 'must specify a handler type'));
  for (const extra of given.slice(1)) errors.push(forbiddenField(`${at}.${extra}`, 'may not specify more than 1 handler type'));
  if (handler.exec && !handler.exec.command?.length) errors.push(required(`${at}.exec.command`));
  for (const name of ['httpGet', 'tcpSocket'] as const) {
    const port = handler[name]?.port;
    if (!handler[name]) continue;
    if (typeof port === 'string') for (const problem of portNameProblems(port)) errors.push(invalidValue(`${at}.${name}.port`, port, problem));
    else if (!isPort(port ?? 0)) errors.push(invalidValue(`${at}.${name}.port`, port ?? 0, PORT_RULE));
  }
  if (handler.httpGet && !['HTTP', 'HTTPS'].includes(handler.httpGet.scheme ?? '')) errors.push(notSupported(`${at}.httpGet.scheme`, handler.httpGet.scheme, ['HTTP', 'HTTPS']));
  return errors;
}
