/** The rules of Services. See ValidateService in pkg/apis/core/validation/validation.go. */
import { parseIpv4 } from '../../base/address.ts';
import { isEqual } from '../../api/deep.ts';
import { duplicate, forbiddenField, invalidValue, notSupported, required, type FieldError } from '../../api/field-error.ts';
import { nameProblems, validateLabels } from '../metadata.ts';
import { PORT_RULE, isPort, portNameProblems } from '../pod/validate-container.ts';
import type { Service, ServicePort } from '../service.ts';

const IP_RULE = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];

export function validateService({ spec }: Service): FieldError[] {
  const errors: FieldError[] = [];
  const headless = spec.clusterIP === 'None';
  if (!spec.ports?.length && !headless && spec.type !== 'ExternalName') errors.push(required('spec.ports'));
  if (headless && (spec.type === 'NodePort' || spec.type === 'LoadBalancer')) errors.push(invalidValue('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`));
  if (spec.type === 'ExternalName') {
    if (spec.clusterIP) errors.push(forbiddenField('spec.clusterIPs', 'may not be set for ExternalName services'));
    if (!spec.externalName) errors.push(required('spec.externalName'));
    else for (const problem of nameProblems(spec.externalName.replace(/\.$/, ''), 'subdomain')) errors.push(invalidValue('spec.externalName', spec.externalName, problem));
  } else if (spec.clusterIP && !headless && !parseIpv4(spec.clusterIP)) errors.push(invalidValue('spec.clusterIPs[0]', spec.clusterIP, IP_RULE));
  errors.push(...validatePorts(spec.ports ?? [], spec.type !== 'ExternalName' && !headless));
  errors.push(...validateLabels(spec.selector, 'spec.selector'));
  if (!spec.sessionAffinity) errors.push(required('spec.sessionAffinity'));
  else if (!['ClientIP', 'None'].includes(spec.sessionAffinity)) errors.push(notSupported('spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None']));
  const timeout = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (timeout !== undefined && (timeout <= 0 || timeout > 86_400)) errors.push(invalidValue('spec.sessionAffinityConfig.clientIP.timeoutSeconds', timeout, 'must be greater than 0 and less than 86400'));
  if (!TYPES.includes(spec.type ?? '')) errors.push(notSupported('spec.type', spec.type ?? '', TYPES));
  if (spec.type === 'ClusterIP') {
    spec.ports?.forEach((port, index) => {
      if (port.nodePort) errors.push(forbiddenField(`spec.ports[${index}].nodePort`, 'may not be used when `type` is \'ClusterIP\''));
    });
  }
  spec.externalIPs?.forEach((address, index) => {
    if (!parseIpv4(address)) errors.push(invalidValue(`spec.externalIPs[${index}]`, address, IP_RULE));
  });
  const outside = spec.type === 'NodePort' || spec.type === 'LoadBalancer';
  if (spec.externalTrafficPolicy && !['Cluster', 'Local'].includes(spec.externalTrafficPolicy)) errors.push(notSupported('spec.externalTrafficPolicy', spec.externalTrafficPolicy, ['Cluster', 'Local']));
  else if (spec.externalTrafficPolicy && !outside && !spec.externalIPs?.length) errors.push(invalidValue('spec.externalTrafficPolicy', spec.externalTrafficPolicy, 'may only be set for externally-accessible services'));
  if (spec.internalTrafficPolicy && !['Cluster', 'Local'].includes(spec.internalTrafficPolicy)) errors.push(notSupported('spec.internalTrafficPolicy', spec.internalTrafficPolicy, ['Cluster', 'Local']));
  return errors;
}

function validatePorts(ports: readonly ServicePort[], needsTarget: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  ports.forEach((port, index) => {
    const path = `spec.ports[${index}]`;
    if (ports.length > 1 && !port.name) errors.push(required(`${path}.name`));
    else if (port.name) {
      for (const problem of nameProblems(port.name, 'label')) errors.push(invalidValue(`${path}.name`, port.name, problem));
      if (names.has(port.name)) errors.push(duplicate(`${path}.name`, port.name));
      names.add(port.name);
    }
    if (!isPort(port.port ?? 0)) errors.push(invalidValue(`${path}.port`, port.port ?? 0, PORT_RULE));
    if (!['TCP', 'UDP', 'SCTP'].includes(port.protocol ?? '')) errors.push(notSupported(`${path}.protocol`, port.protocol ?? '', ['SCTP', 'TCP', 'UDP']));
    if (typeof port.targetPort === 'string') for (const problem of portNameProblems(port.targetPort)) errors.push(invalidValue(`${path}.targetPort`, port.targetPort, problem));
    else if (needsTarget && !isPort(port.targetPort ?? 0)) errors.push(invalidValue(`${path}.targetPort`, port.targetPort ?? 0, PORT_RULE));
  });
  const seen = new Set<string>();
  ports.forEach((port, index) => {
    const key = `${port.protocol}/${port.port}`;
    if (seen.has(key)) errors.push(duplicate(`spec.ports[${index}]`, { Name: '', Protocol: port.protocol, AppProtocol: null, Port: port.port, TargetPort: 0, NodePort: 0 }));
    seen.add(key);
  });
  return errors;
}

export function validateServiceUpdate(next: Service, previous: Service): FieldError[] {
  if (next.spec.type === 'ExternalName' || previous.spec.type === 'ExternalName') return [];
  if (!previous.spec.clusterIPs?.length || isEqual(next.spec.clusterIPs, previous.spec.clusterIPs)) return [];
  return [invalidValue('spec.clusterIPs[0]', next.spec.clusterIPs ?? [], 'may not change once set')];
}
