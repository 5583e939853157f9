/** Whether a plain word would still be read as a string by YAML 1.1, as go-yaml v2 decides it (resolve.go). If not, it needs quotes. */

const WORDS = new Set([
  '', '~', 'null', 'Null', 'NULL',
  'y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'true', 'True', 'TRUE',
  'n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'false', 'False', 'FALSE',
  '.nan', '.NaN', '.NAN', '.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF', '-.inf', '-.Inf', '-.INF',
]);

const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const TIMESTAMP = /^\d{4}-\d{1,2}-\d{1,2}(?:$|(?:[Tt]|[ \t]+)\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?[ \t]*(?:Z|[-+]\d{1,2}(?::\d{2})?)?$)/;

export function resolvesToString(text: string): boolean {
  if (WORDS.has(text) || BASE_60.test(text)) return false;
  const first = text[0]!;
  if (!/[-+0-9.]/.test(first)) return true;
  if (TIMESTAMP.test(text)) return false;
  const digits = text.replaceAll('_', '');
  if (FLOAT.test(digits)) return false;
  return !isInteger(digits);
}

/** Go's ParseInt with base 0, and the `0b` of YAML. */
function isInteger(text: string): boolean {
  return /^[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|[1-9][0-9]*|0)$/.test(text);
}
