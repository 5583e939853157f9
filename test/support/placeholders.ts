/**
 * Replaces what varies from run to run in kubectl's output (ages, addresses, generated names …) by placeholders, as the
 * recordings under test/recorded/kubectl have it; recorded and replayed text pass through the same rules.
 */

export interface PlaceholderOptions {
  /** Rules switched off: `hash`, `nodeport`, `node`. */
  readonly off: readonly string[];
  /** The scenario's own text: an address or a port that it writes out stays. */
  readonly literals: string;
  readonly nodeAddresses: readonly string[];
  /** Folders of this machine and what stands for them. */
  readonly folders: readonly (readonly [path: string, placeholder: string])[];
}

const NAME = '[bcdfghjklmnpqrstvwxz2456789]';
const DURATION = '(?:\\d+[ydhms])+';
const AGE_COLUMNS = new Set(['AGE', 'LAST SEEN', 'FIRST SEEN', 'DURATION', 'LAST SCHEDULE', 'LAST TIMESTAMP']);
/** Five letters of the alphabet of generated names that are words. */
const WORDS = new Set(['https', 'mysql', 'xxxxx']);
const FIXED_ADDRESSES = new Set(['10.96.0.1', '10.96.0.10', '10.96.0.0', '10.244.0.0']);
const SYSTEM_FIELDS = 'machineID|systemUUID|bootID|kernelVersion|osImage|containerRuntimeVersion|providerID';

type Rule = readonly [pattern: RegExp, replacement: string];

const OPAQUE: readonly Rule[] = [
  [/eyJ[\w-]{10,}\.[\w-]+\.[\w-]+/g, '<token>'],
  [/-----BEGIN ([A-Z ]+)-----[\s\S]*?-----END \1-----/g, '<pem $1>'],
  [/X509SHA256=[0-9a-f]{64}/g, 'X509SHA256=<sha256>'],
  [/LS0tLS1CRUdJTi[A-Za-z0-9+/=]{20,}/g, '<b64-pem>'],
  [/^([EWI])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ /gm, '$1<klog> '],
  [/https?:\/\/(?:127\.0\.0\.1|localhost):\d+/g, 'https://<server>'],
  [/(?<![\d.])127\.0\.0\.1:\d{4,5}/g, '<server>'],
  [/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/g, '<uid>'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+\d\d:?\d\d| [+-]\d{4} UTC)/g, '<time>'],
  [/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:[+-]\d{4}|GMT)/g, '<time>'],
  // JSON stays JSON: what stood in quotes keeps them.
  [/("resourceVersion": ?)"\d+"/g, '$1"<rv>"'],
  [/((?:\bresourceVersion|Resource Version): +)"?\d+"?/g, '$1<rv>'],
  [/(\\"resourceVersion\\": ?\\")\d+/g, '$1<rv>'],
  [/("containerID": ?)"[a-z]+:\/\/[^"]+"/g, '$1"<container-id>"'],
  [/((?:\bcontainerID|Container ID):\s*)[a-z]+:\/\/\S+/g, '$1<container-id>'],
  [/("imageID": ?)"[^"]+"/g, '$1"<image-id>"'],
  [/((?:\bimageID|Image ID): +)(?!"")\S+/g, '$1<image-id>'],
  [new RegExp(`("(?:${SYSTEM_FIELDS})": ?)"[^"]*"`, 'g'), '$1"<sys>"'],
  [new RegExp(`(\\b(?:${SYSTEM_FIELDS}): )[^\\n,]+`, 'g'), '$1<sys>'],
  [/^( *(?:Machine ID|System UUID|Boot ID|Kernel Version|OS Image|Container Runtime Version|ProviderID):)\s+.*$/gm, '$1 <sys>'],
];

const GENERATED: readonly Rule[] = [
  [new RegExp(`-(?:${NAME}{7,10})-(?:${NAME}{5})(?![a-z0-9])`, 'g'), '-<hash>-<rand>'],
  [new RegExp(`(template-hash"?[=:] ?"?|revision-hash"?[=:] ?"?(?:[a-z0-9.-]+-)?)${NAME}{7,10}(?![a-z0-9])`, 'g'), '$1<hash>'],
  [new RegExp(`-${NAME}{8,10}(?![a-z0-9-])`, 'g'), '-<hash>'],
];

/** A text with placeholders; tables in it lose their padding where a replaced cell decided it. */
export function withPlaceholders(text: string, options: PlaceholderOptions): string {
  // oxlint-disable-next-line no-control-regex -- colours are control characters
  const lines = text.replace(/\x1b\[[0-9;]*m/g, '').split('\n');
  const out: string[] = [];
  let plain: string[] = [];
  const flush = () => {
    if (plain.length > 0) out.push(replace(plain.join('\n'), options));
    plain = [];
  };
  for (let at = 0; at < lines.length; ) {
    const line = lines[at]!;
    const isEvents = /^\s+Type\s+Reason\s+Age\s+From\s+Message\s*$/.test(line);
    if (!isEvents && !isHeader(line)) {
      plain.push(line);
      at++;
      continue;
    }
    let end = at + 1;
    while (end < lines.length && lines[end]!.trim() !== '' && !isHeader(lines[end]!) && (!isEvents || /^\s/.test(lines[end]!))) end++;
    flush();
    const block = lines.slice(at, end);
    out.push(...(isEvents ? eventTable(block, options) : table(block, options)));
    at = end;
  }
  flush();
  return out.join('\n');
}

function replace(text: string, { off, literals, nodeAddresses, folders }: PlaceholderOptions): string {
  let result = text;
  const apply = (rules: readonly Rule[]) => {
    for (const [pattern, replacement] of rules) result = result.replace(pattern, replacement);
  };
  const unlessWritten = (pattern: RegExp, placeholder: string) => {
    result = result.replace(pattern, (found) => (literals.includes(found) || FIXED_ADDRESSES.has(found) ? found : placeholder));
  };
  for (const [path, placeholder] of folders) result = result.replaceAll(path, placeholder);
  apply(OPAQUE);
  if (!off.includes('hash')) {
    apply(GENERATED);
    result = result.replace(new RegExp(`-(${NAME}{5})(?![a-z0-9-])`, 'g'), (found, letters: string) => (WORDS.has(letters) ? found : '-<rand>'));
    apply([[/-2\d{7}(?![a-z0-9])/g, '-<minutes>'], [/\.[0-9a-f]{16}\b/g, '.<event>']]);
  }
  apply([[/10\.244\.\d+\.0\/24/g, '<pod-cidr>']]);
  unlessWritten(/(?<![\d.])10\.244\.\d+\.\d+(?![\d.]\d)/g, '<pod-ip>');
  unlessWritten(/(?<![\d.])10\.96\.\d+\.\d+(?![\d.]\d)/g, '<cluster-ip>');
  for (const address of nodeAddresses) result = result.replaceAll(address, '<node-ip>');
  if (!off.includes('nodeport')) {
    const port = (found: string, before: string, digits: string, after: unknown) => (literals.includes(digits) ? found : `${before}<node-port>${typeof after === 'string' ? after : ''}`);
    result = result
      .replace(/(:)(3[0-2]\d{3})(\/(?:TCP|UDP))/g, port)
      .replace(/("(?:nodePort|healthCheckNodePort)": ?)(3[0-2]\d{3})/g, (found, before: string, digits: string) => (literals.includes(digits) ? found : `${before}"<node-port>"`))
      .replace(/(\b(?:nodePort|healthCheckNodePort): )(3[0-2]\d{3})/g, port)
      .replace(/(NodePort:\s+\S+\s+)(3[0-2]\d{3})(\/(?:TCP|UDP))/g, port);
  }
  if (!off.includes('node')) apply([[/\bcka-lab-worker2?\b/g, '<worker>']]);
  apply([[new RegExp(`(?<=\\d \\()${DURATION} ago\\)`, 'g'), '<age> ago)']]);
  return result;
}

const isHeader = (line: string): boolean => /^[A-Z][A-Z0-9()%/-]*(?: [A-Z()-]+)*(?: {2,}[A-Z][A-Z0-9()%/-]*(?: [A-Z()-]+)*)+ *$/.test(line);

/** Events of `describe`: always without padding; a start-up race of real kubelets is left out. */
function eventTable(block: readonly string[], options: PlaceholderOptions): readonly string[] {
  const age = new RegExp(`^(\\s+\\S+\\s+\\S+\\s+)${DURATION}(?: \\(x\\d+ over ${DURATION}\\))?(\\s+)`);
  return block
    .filter((line) => !/FailedMount .*failed to sync (configmap|secret) cache/.test(line))
    .map((line, row) => (row < 2 ? line : replace(line.replace(age, '$1<age>$2'), options)).replace(/ {2,}/g, '   '));
}

function table(block: readonly string[], options: PlaceholderOptions): readonly string[] {
  const heads = [...block[0]!.matchAll(/\S+(?: \S+)*/g)].map((match) => ({ name: match[0], at: match.index }));
  let isPaddingLost = false;
  const rows = block.map((line, row) => {
    const isAligned = heads.every(({ at }, column) => column === 0 || line.length <= at || /\s/.test(line[at - 1]!));
    if (!isAligned) isPaddingLost = true;
    const cells = isAligned ? heads.map(({ at }, column) => line.slice(at, heads[column + 1]?.at)) : line.split(/ {2,}/);
    if (row === 0) return cells;
    return cells.map((cell, column) => {
      const value = cell.trim();
      const isAge = new RegExp(`^${DURATION}$`).test(value) && (!isAligned || AGE_COLUMNS.has(heads[column]!.name));
      const replaced = isAge ? '<age>' : replace(value, options);
      if (replaced === value) return cell;
      if (column < cells.length - 1) isPaddingLost = true;
      return replaced;
    });
  });
  return rows.map((cells) => (isPaddingLost ? cells.map((cell) => cell.trim()).join('   ').trimEnd() : cells.join('')));
}
