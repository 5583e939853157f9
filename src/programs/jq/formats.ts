/** `@csv`, `@sh` and their kin: values as text for somewhere else. See f_format in src/builtin.c of jq 1.6. */
import { decodeBase64, encodeBase64 } from '../../base/base64.ts';
import { utf8Decode, utf8Encode } from '../../base/bytes.ts';
import { printJson } from './print.ts';
import { described, JqError } from './error.ts';
import { isArray, type Json, type JsonArray } from './value.ts';

/** What `tostring` gives. */
export const text = (value: Json): string => (typeof value === 'string' ? value : printJson(value));

const ENTITIES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', "'": '&#39;', '"': '&quot;' };
const TSV: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\\': '\\\\' };
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

const FORMATS: Readonly<Record<string, (value: Json) => string>> = {
  text,
  json: (value) => printJson(value),
  html: (value) => text(value).replaceAll(/[<>&'"]/g, (letter) => ENTITIES[letter]!),
  uri: (value) => [...utf8Encode(text(value))].map((byte) => (/[A-Za-z0-9\-_.~]/.test(byte) ? byte : `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)).join(''),
  csv: (value) => row(value, 'csv').map((item) => (typeof item === 'string' ? `"${item.replaceAll('"', '""')}"` : cell(item, 'csv'))).join(','),
  tsv: (value) => row(value, 'tsv').map((item) => (typeof item === 'string' ? item.replaceAll(/[\t\n\r\\]/g, (letter) => TSV[letter]!) : cell(item, 'tsv'))).join('\t'),
  sh: (value) => (isArray(value) ? value : [value]).map(quoted).join(' '),
  base64: (value) => encodeBase64(utf8Encode(text(value))),
  base64d: (value) => {
    const decoded = decodeBase64(text(value).replaceAll('=', ''));
    if (decoded === undefined) throw new JqError(`${described(value)} is not valid base64 data`);
    return utf8Decode(decoded);
  },
  base32: (value) => base32(utf8Encode(text(value))),
};

/** @throws JqError */
export function format(name: string, value: Json): string {
  const formatter = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  if (!formatter) throw new JqError(`${name} is not a valid format`);
  return formatter(value);
}

function row(value: Json, name: string): JsonArray {
  if (!isArray(value)) throw new JqError(`${described(value)} cannot be ${name}-formatted, only an array can be`);
  return value;
}

function cell(item: Json, name: string): string {
  if (item === null) return '';
  if (typeof item === 'object') throw new JqError(`${described(item)} is not valid in a ${name === 'csv' ? 'csv row' : 'tsv row'}`);
  return printJson(item);
}

function quoted(item: Json): string {
  if (typeof item === 'string') return `'${item.replaceAll("'", String.raw`'\''`)}'`;
  if (item !== null && typeof item === 'object') throw new JqError(`${described(item)} can not be escaped for shell`);
  return printJson(item);
}

function base32(bytes: string): string {
  const bits = [...bytes].map((byte) => byte.charCodeAt(0).toString(2).padStart(8, '0')).join('');
  const digits = (bits.match(/.{1,5}/g) ?? []).map((group) => BASE32[Number.parseInt(group.padEnd(5, '0'), 2)]).join('');
  return digits.padEnd(Math.ceil(digits.length / 8) * 8, '=');
}
