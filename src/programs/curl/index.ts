/**
 * curl for HTTP and HTTPS. Words and exit codes of curl 7.88.1, as Debian 12 has it. See curl.1, "EXIT CODES".
 */
import { absolute } from '../../machine/executable.ts';
import { FileError } from '../../machine/files.ts';
import { openInput, openOutput } from '../../machine/open.ts';
import type { Output, Process, Program } from '../../machine/program.ts';
import { parseUrl, printUrl, remoteName, resolveUrl, type Url } from '../http/url.ts';
import { CurlError } from './error.ts';
import { CurlUsageError, parseCurl, type CurlOptions } from './options.ts';
import { ProgressMeter } from './progress.ts';
import { Transfer } from './transfer.ts';
import { writeOut } from './write-out.ts';

const TRY = "curl: try 'curl --help' or 'curl --manual' for more information\n";

export const curl: Program = {
  name: 'curl',
  async run(process) {
    let options: CurlOptions;
    try {
      const stdin = process.argv.some((arg) => arg.endsWith('@-')) ? await readAll(process) : '';
      options = parseCurl(process.argv.slice(1), (path) => (path === '-' ? stdin : process.files.read(absolute(process.cwd, path))));
    } catch (error) {
      if (error instanceof FileError) return usage(process, `curl: Failed to open ${error.path}\ncurl: option -d: error encountered when reading a file\n${TRY}`, 26);
      if (!(error instanceof CurlUsageError)) throw error;
      return usage(process, `curl: ${error.message}\n${TRY}`, 2);
    }
    if (options.version) {
      await process.stdout.write('curl 7.88.1 (x86_64-pc-linux-gnu) libcurl/7.88.1\nRelease-Date: 2023-02-20\nProtocols: http\nFeatures: Largefile\n');
      return 0;
    }
    if (options.help) {
      await process.stdout.write(HELP);
      return 0;
    }
    if (options.urls.length === 0) return usage(process, TRY, 2);
    let code = 0;
    for (const [index, url] of options.urls.entries()) code = await fetchOne(process, options, url, index);
    return code;
  },
};

async function fetchOne(process: Process, options: CurlOptions, text: string, index: number): Promise<number> {
  const given = parseUrl(text);
  if (!given) return complain(process, options, 3, 'URL using bad/illegal format or missing URL');
  if (given.scheme !== 'http' && given.scheme !== 'https') return complain(process, options, 1, `Protocol "${given.scheme}" not supported or disabled in libcurl`);
  const target = targetOf(process, options, given, index);
  if (target === undefined) {
    await process.stderr.write('curl: Remote file name has no length!\n');
    return complain(process, options, 23, 'Failed writing received data to disk/application');
  }
  for (let attempt = 0; ; attempt++) {
    const toTerminal = target.path === undefined && process.terminal !== undefined;
    const meter = new ProgressMeter(process, !options.silent && !toTerminal);
    const transfer = new Transfer(process, options, meter, target.output);
    const code = await attemptOnce(process, options, given, text, { transfer, meter });
    const retryable = code === 28 || (code === 7 && options.retryRefused) || [408, 429, 500, 502, 503, 504].includes(transfer.facts.httpCode);
    if (attempt >= options.retries || !retryable) return code;
    const delayMs = options.retryDelayMs || Math.min(600_000, 1000 * 2 ** attempt);
    if (!options.silent) await process.stderr.write(`Warning: Problem: ${code === 28 ? 'timeout' : code === 7 ? 'connection refused' : 'HTTP error'}. Will retry in ${delayMs / 1000} seconds. ${options.retries - attempt} ${options.retries - attempt === 1 ? 'retry' : 'retries'} \nWarning: left.\n`);
    await process.machine.clock.sleep(delayMs, process.signal);
  }
}

async function attemptOnce(process: Process, options: CurlOptions, given: Url, text: string, { transfer, meter }: { transfer: Transfer; meter: ProgressMeter }): Promise<number> {
  const { facts } = transfer;
  facts.givenUrl = text;
  let code = 0;
  await meter.begin();
  try {
    let url = given;
    for (;;) {
      const next = await transfer.fetch(url);
      if (next === undefined || !options.follow) break;
      const resolved = resolveUrl(url, next);
      if (!resolved) break;
      if (facts.redirects >= options.maxRedirects) throw new CurlError(47, `Maximum (${options.maxRedirects}) redirects followed`);
      facts.redirects++;
      if (options.verbose) await process.stderr.write(`* Issue another request to this URL: '${printUrl(resolved)}'\n`);
      url = resolved;
    }
    await meter.end();
    await transfer.finish();
    if (options.failWithBody && facts.httpCode >= 400) throw new CurlError(22, `The requested URL returned error: ${facts.httpCode}`);
  } catch (error) {
    meter.stop();
    if (!(error instanceof CurlError)) throw error;
    code = error.code;
    facts.exitCode = code;
    facts.errorMessage = error.message;
    if (error.endsMeter && !(options.failWithBody && code === 22)) await meter.end();
    if (options.verbose && code !== 22) await process.stderr.write('* Closing connection 0\n');
    await complain(process, options, code, error.message);
  } finally {
    meter.stop();
    transfer.close();
  }
  facts.totalMs = transfer.elapsed();
  if (options.writeOut !== undefined) {
    const format = options.writeOut.startsWith('@') ? process.files.read(absolute(process.cwd, options.writeOut.slice(1))) : options.writeOut;
    const { text: written, unknown } = writeOut(format, facts);
    for (const name of unknown) await process.stderr.write(`curl: unknown --write-out variable: '${name}'\n`);
    await process.stdout.write(written);
  }
  return code;
}

/** Where the body goes; undefined when `-O` finds no name in the URL. */
function targetOf(process: Process, options: CurlOptions, url: Url, index: number): { readonly path?: string; readonly output: () => Output } | undefined {
  const named = options.outputs[index];
  if (named === undefined && !options.remoteNames) return { output: () => process.stdout };
  const path = named ?? remoteName(url);
  if (path === '') return undefined;
  if (path === '-') return { output: () => process.stdout };
  let opened: Output | undefined;
  return { path, output: () => (opened ??= openOutput(process, absolute(process.cwd, path))) };
}

async function complain(process: Process, options: CurlOptions, code: number, message: string): Promise<number> {
  if (!options.silent || options.showError) await process.stderr.write(`curl: (${code}) ${message}\n`);
  return code;
}

async function usage(process: Process, words: string, code: number): Promise<number> {
  await process.stderr.write(words);
  return code;
}

async function readAll(process: Process): Promise<string> {
  const input = openInput(process, '/dev/stdin');
  let text = '';
  for (let piece = await input.read(); piece !== undefined; piece = await input.read()) text += piece;
  return text;
}

const HELP = `Usage: curl [options...] <url>
 -d, --data <data>          HTTP POST data
 -f, --fail                 Fail fast with no output on HTTP errors
 -h, --help <category>      Get help for commands
 -i, --include              Include protocol response headers in the output
 -o, --output <file>        Write to file instead of stdout
 -O, --remote-name          Write output to a file named as the remote file
 -s, --silent               Silent mode
 -u, --user <user:password> Server user and password
 -A, --user-agent <name>    Send User-Agent <name> to server
 -v, --verbose              Make the operation more talkative
 -V, --version              Show version number and quit

This is not the full help, this menu is stripped into categories.
Use "--help category" to get an overview of all categories.
For all options use the manual or "--help all".
`;
