/**
 * The rules of a pod's spec, for pods and templates. Words and order are those of ValidatePodSpec
 * in pkg/apis/core/validation/validation.go. Containers are in `validate-container.ts`.
 */
import { parseIpv4 } from '../../base/address.ts';
import { duplicate, forbiddenField, invalidValue, notSupported, required, type FieldError } from '../../api/field-error.ts';
import { nameProblems, labelValueProblems, qualifiedNameProblems, validateLabels } from '../metadata.ts';
import type { Toleration } from './placement.ts';
import type { PodSpec, PodTemplate, Volume } from './types.ts';
import { validateContainers } from './validate-container.ts';
import { validatePodSecurityContext } from './validate-security.ts';

export function validatePodSpec(spec: PodSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const volumes = new Set((spec.volumes ?? []).map((volume) => volume.name));
  errors.push(...validateVolumes(spec.volumes ?? [], `${path}.volumes`));
  errors.push(...validateContainers(spec, volumes, path));
  if (!['Always', 'OnFailure', 'Never'].includes(spec.restartPolicy ?? '')) errors.push(notSupported(`${path}.restartPolicy`, spec.restartPolicy, ['Always', 'OnFailure', 'Never']));
  if (!['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'].includes(spec.dnsPolicy ?? '')) errors.push(notSupported(`${path}.dnsPolicy`, spec.dnsPolicy, ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None']));
  if (spec.dnsPolicy === 'None' && !spec.dnsConfig?.nameservers?.length) errors.push(required(`${path}.dnsConfig.nameservers`, "must provide at least one DNS nameserver when `dnsPolicy` is None"));
  spec.dnsConfig?.nameservers?.forEach((server, index) => {
    if (!parseIpv4(server) && !server.includes(':')) errors.push(invalidValue(`${path}.dnsConfig.nameservers[${index}]`, server, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'));
  });
  if ((spec.dnsConfig?.nameservers?.length ?? 0) > 3) errors.push(invalidValue(`${path}.dnsConfig.nameservers`, spec.dnsConfig?.nameservers, 'must not have more than 3 nameservers'));
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) errors.push(invalidValue(`${path}.terminationGracePeriodSeconds`, spec.terminationGracePeriodSeconds, 'must be greater than or equal to 0'));
  if (spec.activeDeadlineSeconds !== undefined && (spec.activeDeadlineSeconds < 1 || spec.activeDeadlineSeconds > 2147483647)) errors.push(invalidValue(`${path}.activeDeadlineSeconds`, spec.activeDeadlineSeconds, 'must be between 1 and 2147483647, inclusive'));
  errors.push(...validateLabels(spec.nodeSelector, `${path}.nodeSelector`));
  if (spec.nodeName) for (const problem of nameProblems(spec.nodeName, 'subdomain')) errors.push(invalidValue(`${path}.nodeName`, spec.nodeName, problem));
  if (spec.serviceAccountName) for (const problem of nameProblems(spec.serviceAccountName, 'subdomain')) errors.push(invalidValue(`${path}.serviceAccountName`, spec.serviceAccountName, problem));
  for (const field of ['hostname', 'subdomain'] as const) {
    const name = spec[field];
    if (name) for (const problem of nameProblems(name, 'label')) errors.push(invalidValue(`${path}.${field}`, name, problem));
  }
  if (spec.hostNetwork) errors.push(...validateHostPorts(spec, path));
  spec.tolerations?.forEach((toleration, index) => errors.push(...validateToleration(toleration, `${path}.tolerations[${index}]`)));
  spec.hostAliases?.forEach((alias, index) => {
    if (!parseIpv4(alias.ip ?? '') && !alias.ip?.includes(':')) errors.push(invalidValue(`${path}.hostAliases[${index}].ip`, alias.ip ?? '', 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'));
  });
  errors.push(...validatePodSecurityContext(spec.securityContext, `${path}.securityContext`));
  errors.push(...validateAffinity(spec, path), ...validateSpread(spec, path));
  if (spec.priorityClassName) for (const problem of nameProblems(spec.priorityClassName, 'subdomain')) errors.push(invalidValue(`${path}.priorityClassName`, spec.priorityClassName, problem));
  return errors;
}

/** What a workload makes pods from. */
export function validatePodTemplate(template: PodTemplate | undefined, path: string): FieldError[] {
  return [
    ...validateLabels(template?.metadata?.labels, `${path}.labels`),
    ...validatePodSpec(template?.spec ?? { containers: [] }, `${path}.spec`),
  ];
}

const NOT_SOURCES = new Set(['name']);

function validateVolumes(volumes: readonly Volume[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  volumes.forEach((volume, index) => {
    const at = `${path}[${index}]`;
    const sources = Object.keys(volume).filter((key) => !NOT_SOURCES.has(key));
    if (sources.length === 0) errors.push(required(at, 'must specify a volume type'));
    for (const extra of sources.slice(1)) errors.push(forbiddenField(`${at}.${extra}`, 'may not specify more than 1 volume type'));
    errors.push(...validateSource(volume, at));
    if (!volume.name) errors.push(required(`${at}.name`));
    else for (const problem of nameProblems(volume.name, 'label')) errors.push(invalidValue(`${at}.name`, volume.name, problem));
    if (volume.name && seen.has(volume.name)) errors.push(duplicate(`${at}.name`, volume.name));
    seen.add(volume.name);
  });
  return errors;
}

function validateSource(volume: Volume, at: string): FieldError[] {
  const errors: FieldError[] = [];
  if (volume.configMap && !volume.configMap.name) errors.push(required(`${at}.configMap.name`));
  if (volume.secret && !volume.secret.secretName) errors.push(required(`${at}.secret.secretName`));
  if (volume.hostPath && !volume.hostPath.path) errors.push(required(`${at}.hostPath.path`));
  if (volume.persistentVolumeClaim && !volume.persistentVolumeClaim.claimName) errors.push(required(`${at}.persistentVolumeClaim.claimName`));
  for (const kind of ['configMap', 'secret'] as const) {
    volume[kind]?.items?.forEach((item, index) => {
      if (!item.key) errors.push(required(`${at}.${kind}.items[${index}].key`));
      if (!item.path) errors.push(required(`${at}.${kind}.items[${index}].path`));
      else if (item.path.startsWith('/')) errors.push(invalidValue(`${at}.${kind}.items[${index}].path`, item.path, 'must be a relative path'));
      else if (item.path.split('/').includes('..')) errors.push(invalidValue(`${at}.${kind}.items[${index}].path`, item.path, "must not contain '..'"));
    });
  }
  return errors;
}

function validateHostPorts(spec: PodSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  spec.containers?.forEach((container, index) =>
    container.ports?.forEach((port, portIndex) => {
      if (port.hostPort !== undefined && port.hostPort !== port.containerPort) errors.push(invalidValue(`${path}.containers[${index}].ports[${portIndex}].hostPort`, port.hostPort, 'must match `containerPort` when `hostNetwork` is true'));
    }),
  );
  return errors;
}

function validateToleration(toleration: Toleration, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (toleration.key) for (const problem of qualifiedNameProblems(toleration.key)) errors.push(invalidValue(`${path}.key`, toleration.key, problem));
  if (!toleration.key && toleration.operator !== 'Exists') errors.push(invalidValue(`${path}.operator`, toleration.operator ?? '', 'operator must be Exists when `key` is empty, which means "match all values and all keys"'));
  if (toleration.tolerationSeconds !== undefined && toleration.effect !== 'NoExecute') errors.push(invalidValue(`${path}.effect`, toleration.effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set"));
  const operator: string = toleration.operator ?? '';
  if (operator === '' || operator === 'Equal') for (const problem of labelValueProblems(toleration.value ?? '')) errors.push(invalidValue(`${path}.operator`, toleration.value, problem));
  else if (operator === 'Exists') {
    if (toleration.value) errors.push(invalidValue(`${path}.operator`, goToleration(toleration), 'value must be empty when `operator` is \'Exists\''));
  } else errors.push(notSupported(`${path}.operator`, operator, ['Equal', 'Exists']));
  if (toleration.effect && !['NoSchedule', 'PreferNoSchedule', 'NoExecute'].includes(toleration.effect)) errors.push(notSupported(`${path}.effect`, toleration.effect, ['NoSchedule', 'PreferNoSchedule', 'NoExecute']));
  return errors;
}

/** As Go's internal struct, which has no JSON names. */
const goToleration = ({ key = '', operator = '' as never, value = '', effect = '' as never, tolerationSeconds = null as never }: Toleration) => ({ Key: key, Operator: operator, Value: value, Effect: effect, TolerationSeconds: tolerationSeconds });

const NODE_OPERATORS = ['DoesNotExist', 'Exists', 'Gt', 'In', 'Lt', 'NotIn'];

function validateAffinity(spec: PodSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const at = `${path}.affinity`;
  const node = spec.affinity?.nodeAffinity;
  const needed = node?.requiredDuringSchedulingIgnoredDuringExecution;
  const neededPath = `${at}.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`;
  if (needed && !needed.nodeSelectorTerms?.length) errors.push(required(neededPath, 'must have at least one node selector term'));
  const checkTerm = (expressions: { key: string; operator: string; values?: string[] }[] | undefined, where: string) =>
    expressions?.forEach((expression, index) => {
      const here = `${where}.matchExpressions[${index}]`;
      if (expression.operator === 'In' || expression.operator === 'NotIn') {
        if (!expression.values?.length) errors.push(required(`${here}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
      } else if (expression.operator === 'Exists' || expression.operator === 'DoesNotExist') {
        if (expression.values?.length) errors.push(forbiddenField(`${here}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
      } else if (expression.operator === 'Gt' || expression.operator === 'Lt') {
        if (expression.values?.length !== 1) errors.push(required(`${here}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
      } else if (!NODE_OPERATORS.includes(expression.operator)) errors.push(invalidValue(`${here}.operator`, expression.operator ?? '', 'not a valid selector operator'));
      for (const problem of qualifiedNameProblems(expression.key ?? '')) errors.push(invalidValue(`${here}.key`, expression.key ?? '', problem));
    });
  needed?.nodeSelectorTerms?.forEach((term, index) => checkTerm(term.matchExpressions, `${neededPath}[${index}]`));
  node?.preferredDuringSchedulingIgnoredDuringExecution?.forEach((term, index) => {
    const here = `${at}.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[${index}]`;
    if (!(term.weight >= 1 && term.weight <= 100)) errors.push(invalidValue(`${here}.weight`, term.weight ?? 0, 'must be in the range 1-100'));
    checkTerm(term.preference?.matchExpressions, `${here}.preference`);
  });
  for (const field of ['podAffinity', 'podAntiAffinity'] as const) {
    const terms = spec.affinity?.[field];
    terms?.requiredDuringSchedulingIgnoredDuringExecution?.forEach((term, index) =>
      errors.push(...validateTopologyKey(term.topologyKey, `${at}.${field}.requiredDuringSchedulingIgnoredDuringExecution[${index}].topologyKey`)),
    );
    terms?.preferredDuringSchedulingIgnoredDuringExecution?.forEach((term, index) => {
      const here = `${at}.${field}.preferredDuringSchedulingIgnoredDuringExecution[${index}]`;
      if (!(term.weight >= 1 && term.weight <= 100)) errors.push(invalidValue(`${here}.weight`, term.weight ?? 0, 'must be in the range 1-100'));
      errors.push(...validateTopologyKey(term.podAffinityTerm?.topologyKey, `${here}.podAffinityTerm.topologyKey`));
    });
  }
  return errors;
}

function validateTopologyKey(key = '', path: string): FieldError[] {
  const problems = qualifiedNameProblems(key).map((problem) => invalidValue(path, key, problem));
  return key ? problems : [required(path, 'can not be empty'), ...problems];
}

function validateSpread(spec: PodSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  spec.topologySpreadConstraints?.forEach((constraint, index) => {
    const at = `${path}.topologySpreadConstraints[${index}]`;
    if (!(constraint.maxSkew > 0)) errors.push(invalidValue(`${at}.maxSkew`, constraint.maxSkew ?? 0, 'must be greater than zero'));
    if (!constraint.topologyKey) errors.push(required(`${at}.topologyKey`, 'can not be empty'));
    if (!['DoNotSchedule', 'ScheduleAnyway'].includes(constraint.whenUnsatisfiable)) errors.push(notSupported(`${at}.whenUnsatisfiable`, constraint.whenUnsatisfiable ?? '', ['DoNotSchedule', 'ScheduleAnyway']));
  });
  return errors;
}
