/**
 * Label and field selectors: parse, match, print. See apimachinery/pkg/labels/selector.go and pkg/fields/selector.go.
 * Knows nothing of kinds: what a field path means is the caller's.
 */
import { badRequest } from './status.ts';

/** `=` and `In` with one value select the same, and are printed as they were written. */
export type Operator = '=' | '!=' | 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';

export interface Requirement {
  readonly key: string;
  readonly operator: Operator;
  readonly values: readonly string[];
}

/** All requirements must hold; none selects everything. */
export type Selector = readonly Requirement[];

/** `spec.selector` of workloads. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[];
}

type Labels = Readonly<Record<string, string>> | undefined;

export function matchesLabels(selector: Selector, labels: Labels): boolean {
  return selector.every((requirement) => matchesRequirement(requirement, labels ?? {}));
}

function matchesRequirement({ key, operator, values }: Requirement, labels: Readonly<Record<string, string>>): boolean {
  return holds(operator, values, Object.hasOwn(labels, key) ? labels[key] : undefined);
}

/** Whether `value`, undefined where there is none, is what a requirement of this operator and these values asks for. */
export function holds(operator: Operator, values: readonly string[], value: string | undefined): boolean {
  switch (operator) {
    case '=':
    case 'In':
      return value !== undefined && values.includes(value);
    case '!=':
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
    case 'Lt': {
      if (value === undefined || !/^[+-]?\d+$/.test(value)) return false;
      return operator === 'Gt' ? Number(value) > Number(values[0]) : Number(value) < Number(values[0]);
    }
  }
}

/** A LabelSelector object as requirements. An absent one selects nothing, as LabelSelectorAsSelector has it: undefined. */
export function selectorOf(object: LabelSelector | undefined): Selector | undefined {
  if (!object) return undefined;
  const requirements: Requirement[] = Object.entries(object.matchLabels ?? {}).map(([key, value]) => ({ key, operator: '=', values: [value] }));
  for (const { key, operator, values } of object.matchExpressions ?? []) requirements.push({ key, operator: operator as Operator, values: values ?? [] });
  return requirements;
}

export function matchesLabelSelectorObject(object: LabelSelector | undefined, labels: Labels): boolean {
  const selector = selectorOf(object);
  return selector !== undefined && matchesLabels(selector, labels);
}

/** As `kubectl get -o wide` shows it: `app=web,tier in (a,b)`; `<none>` for nothing. */
export function labelSelectorToString(object: LabelSelector | Readonly<Record<string, string>> | undefined): string {
  if (!object) return '<none>';
  const isObject = 'matchLabels' in object || 'matchExpressions' in object;
  const selector = isObject ? (selectorOf(object as LabelSelector) ?? []) : (selectorOf({ matchLabels: object as Record<string, string> }) ?? []);
  return printSelector(selector) || '<none>';
}

export function printSelector(selector: Selector): string {
  return selector
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ key, operator, values }) => {
      const list = `(${values.toSorted().join(',')})`;
      switch (operator) {
        case '=':
        case '!=':
          return key + operator + (values[0] ?? '');
        case 'In':
          return `${key} in ${list}`;
        case 'NotIn':
          return `${key} notin ${list}`;
        case 'Exists':
          return key;
        case 'DoesNotExist':
          return `!${key}`;
        case 'Gt':
          return `${key}>${values[0]}`;
        case 'Lt':
          return `${key}<${values[0]}`;
      }
    })
    .join(',');
}

/**
 * `app=web,tier in (a, b),!old`
 * @throws ApiError BadRequest in the words of the real parser
 */
export function parseLabelSelector(text: string): Selector {
  const tokens = text.match(/\(|\)|,|==|!=|=|!|>|<|[^\s(),=!<>]+/g) ?? [];
  const requirements: Requirement[] = [];
  let at = 0;
  const peek = () => tokens[at] ?? '';
  const found = (expected: string): never => {
    throw badRequest(`found '${peek()}', expected: ${expected}`);
  };
  const inRequirement = (expected: string): never => {
    throw badRequest(`unable to parse requirement: found '${peek()}', expected: ${expected}`);
  };
  const word = (expected: string): string => (isWord(peek()) ? tokens[at++]! : inRequirement(expected));
  while (at < tokens.length) {
    if (peek() === '!') {
      at++;
      requirements.push({ key: checkedKey(word('identifier')), operator: 'DoesNotExist', values: [] });
    } else {
      if (!isWord(peek())) found('!, identifier, or \'end of string\'');
      requirements.push(parseAfterKey(checkedKey(tokens[at++]!)));
    }
    if (at < tokens.length) {
      if (peek() !== ',') found("',' or 'end of string'");
      at++;
      if (at === tokens.length) found("identifier after ','");
    }
  }
  return requirements;

  function parseAfterKey(key: string): Requirement {
    const operator = peek();
    if (operator === '' || operator === ',') return { key, operator: 'Exists', values: [] };
    at++;
    if (operator === '=' || operator === '==' || operator === '!=') {
      const value = isWord(peek()) ? tokens[at++]! : '';
      return { key, operator: operator === '!=' ? '!=' : '=', values: [checkedValue(key, value)] };
    }
    if (operator === '>' || operator === '<') return { key, operator: operator === '>' ? 'Gt' : 'Lt', values: [word('identifier')] };
    if (operator !== 'in' && operator !== 'notin') {
      at--;
      inRequirement('in, notin, =, ==, !=, gt, lt');
    }
    if (peek() !== '(') inRequirement("'('");
    at++;
    const values: string[] = [];
    while (peek() !== ')') {
      if (at >= tokens.length) inRequirement("',', or ')'");
      if (peek() === ',') at++;
      else values.push(checkedValue(key, word("',', ')' or identifier")));
    }
    at++;
    return { key, operator: operator === 'in' ? 'In' : 'NotIn', values };
  }
}

const isWord = (token: string) => /^[^(),=!<>]+$/.test(token);

const NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
export const LABEL_VALUE_RULE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
export const QUALIFIED_NAME_RULE =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

function checkedKey(key: string): string {
  if (!NAME.test(key.slice(key.indexOf('/') + 1))) throw badRequest(`unable to parse requirement: <nil>: Invalid value: ${JSON.stringify(key)}: ${QUALIFIED_NAME_RULE}`);
  return key;
}

function checkedValue(key: string, value: string): string {
  if (value !== '' && (!NAME.test(value) || value.length > 63)) {
    throw badRequest(`unable to parse requirement: values[0][${key}]: Invalid value: ${JSON.stringify(value)}: ${LABEL_VALUE_RULE}`);
  }
  return value;
}

export interface FieldRequirement {
  readonly path: string;
  readonly value: string;
  readonly negated: boolean;
}

/**
 * `status.phase=Running,spec.nodeName!=worker`
 * @throws ApiError BadRequest
 */
export function parseFieldSelector(text: string): readonly FieldRequirement[] {
  return text
    .split(/(?<!\\),/)
    .filter((term) => term !== '')
    .map((term) => {
      const match = /^(.*?)(!=|==|=)(.*)$/s.exec(term);
      if (!match) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
      return { path: match[1]!, negated: match[2] === '!=', value: match[3]!.replace(/\\([\\,=])/g, '$1') };
    });
}
