/**
 * Apache httpd in the foreground: the directives of httpd.conf that place it (Listen, DocumentRoot, DirectoryIndex,
 * ServerName), files, and its logs. See httpd.apache.org/docs/2.4. Another directive than those known is refused.
 */
import type { Process, Program } from '../../machine/program.ts';
import { NetError } from '../../net/errors.ts';
import { header, httpDate, REASONS, type Headers } from '../http/message.ts';
import { serveHttp, wantsMore, type Response, type ServedRequest } from '../http/server.ts';
import { findFile } from '../http/static-files.ts';
import { percentDecode } from '../http/url.ts';
import { clfTime } from '../nginx/index.ts';
import { untilSignal } from './serving.ts';

interface Configuration {
  readonly ports: readonly number[];
  readonly root: string;
  readonly index: readonly string[];
  readonly serverName?: string | undefined;
}

const KNOWN = new Set(['listen', 'documentroot', 'directoryindex', 'servername', 'serverroot', 'user', 'group', 'serveradmin', 'errorlog', 'loglevel', 'customlog']);
const CONF = '/usr/local/apache2/conf/httpd.conf';

export const httpd: Program = {
  name: 'httpd',
  async run(process) {
    const version = process.env.get('HTTPD_VERSION') ?? '2.4.65';
    if (process.argv.includes('-v')) {
      await process.stdout.write(`Server version: Apache/${version} (Unix)\nServer built:   Jul 24 2025 15:14:22\n`);
      return 0;
    }
    const configuration = readConfiguration(process.files.read(CONF));
    if (typeof configuration === 'string') {
      await process.stderr.write(configuration);
      return 1;
    }
    if (process.argv.includes('-t')) {
      await process.stderr.write('Syntax OK\n');
      return 0;
    }
    return serve(process, configuration, version);
  },
};

async function serve(process: Process, configuration: Configuration, version: string): Promise<number> {
  if (configuration.serverName === undefined) {
    const address = process.netns.addresses().find(({ device }) => device !== 'lo')?.address.address ?? '127.0.0.1';
    const complaint = `AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using ${address}. Set the 'ServerName' directive globally to suppress this message\n`;
    await process.stderr.write(complaint + complaint);
  }
  try {
    for (const port of configuration.ports) {
      serveHttp(process, {
        port,
        handle: (request) => answer(process, configuration, version, request),
        onServed: (request, response, bytes) => void process.stdout.write(`${request.remote.address} - - [${clfTime(process)}] "${request.method} ${request.target} ${request.version}" ${response.status} ${bytes || '-'}\n`),
      });
    }
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    await process.stderr.write(`(98)Address already in use: AH00072: make_sock: could not bind to address 0.0.0.0:${configuration.ports[0]}\nno listening sockets available, shutting down\nAH00015: Unable to open logs\n`);
    return 1;
  }
  await log(process, 'mpm_event:notice', `AH00489: Apache/${version} (Unix) configured -- resuming normal operations`);
  await log(process, 'core:notice', "AH00094: Command line: 'httpd -D FOREGROUND'");
  const signal = await untilSignal(process, ['SIGTERM', 'SIGWINCH', 'SIGINT']);
  await log(process, 'mpm_event:notice', signal === 'SIGWINCH' ? 'AH00492: caught SIGWINCH, shutting down gracefully' : 'AH00491: caught SIGTERM, shutting down');
  return 0;
}

/** @returns what httpd says of a configuration it refuses */
function readConfiguration(text: string): Configuration | string {
  const values = new Map<string, string[]>();
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const [name = '', ...words] = line.split(/\s+/);
    if (!KNOWN.has(name.toLowerCase())) {
      return `AH00526: Syntax error on line ${index + 1} of ${CONF}:\nInvalid command '${name}', perhaps misspelled or defined by a module not included in the server configuration\n`;
    }
    values.set(name.toLowerCase(), [...(values.get(name.toLowerCase()) ?? []), words.join(' ').replaceAll('"', '')]);
  }
  return {
    ports: (values.get('listen') ?? ['80']).map((listen) => Number(listen.split(':').at(-1))),
    root: values.get('documentroot')?.at(-1) ?? '/usr/local/apache2/htdocs',
    index: (values.get('directoryindex')?.at(-1) ?? 'index.html').split(/\s+/),
    serverName: values.get('servername')?.at(-1),
  };
}

function answer(process: Process, configuration: Configuration, version: string, request: ServedRequest): Response {
  const base: Headers = [['Date', httpDate(process.machine.clock.unixMs())], ['Server', `Apache/${version} (Unix)`]];
  if (request.method !== 'GET' && request.method !== 'HEAD') return page(405, base, 'The requested method is not allowed for this URL.', request);
  const path = percentDecode(request.target.replace(/\?.*/, ''));
  const found = findFile(process.files, configuration.root, path, configuration.index);
  switch (found.kind) {
    case 'file':
      return {
        status: 200,
        headers: [
          ...base, ['Last-Modified', httpDate(found.mtimeMs)], ['ETag', `"${found.content.length.toString(16)}-${Math.round(found.mtimeMs * 1000).toString(16)}"`], ['Accept-Ranges', 'bytes'],
          ['Content-Length', String(found.content.length)], ...keep(request), ['Content-Type', found.path.endsWith('.html') ? 'text/html' : 'text/plain'],
        ],
        body: found.content,
      };
    case 'redirect':
      return page(301, [...base, ['Location', `http://${header(request.headers, 'host') ?? ''}${path}/`]], `The document has moved <a href="http://${header(request.headers, 'host') ?? ''}${path}/">here</a>.`, request);
    case 'listing': {
      const rows = found.names.map((name) => `<li><a href="${name}"> ${name}</a></li>\n`).join('');
      const body = `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<html>\n <head>\n  <title>Index of ${path}</title>\n </head>\n <body>\n<h1>Index of ${path}</h1>\n<ul>${rows}</ul>\n</body></html>\n`;
      return { status: 200, headers: [...base, ['Content-Length', String(body.length)], ...keep(request), ['Content-Type', 'text/html;charset=ISO-8859-1']], body };
    }
    case 'missing':
      return found.errno === 'EACCES' ? page(403, base, "You don't have permission to access this resource.", request) : page(404, base, 'The requested URL was not found on this server.', request);
  }
}

function page(status: number, headers: Headers, sentence: string, request: ServedRequest): Response {
  const title = `${status} ${REASONS[status]}`;
  const body = `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>${title}</title>\n</head><body>\n<h1>${REASONS[status]}</h1>\n<p>${sentence}</p>\n</body></html>\n`;
  return { status, headers: [...headers, ['Content-Length', String(body.length)], ...keep(request), ['Content-Type', 'text/html; charset=iso-8859-1']], body };
}

/** httpd says nothing of a connection that stays open. */
const keep = (request: ServedRequest): Headers => (wantsMore(request) ? [] : [['Connection', 'close']]);

async function log(process: Process, module: string, text: string): Promise<void> {
  const date = new Date(process.machine.clock.unixMs());
  const [weekday, day, month, year, time] = date.toUTCString().replace(',', '').split(' ');
  const micro = String(date.getUTCMilliseconds()).padStart(3, '0').padEnd(6, '0');
  await process.stderr.write(`[${weekday} ${month} ${day} ${time}.${micro} ${year}] [${module}] [pid ${process.pid}:tid ${process.pid}] ${text}\n`);
}
