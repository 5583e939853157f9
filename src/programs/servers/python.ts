/**
 * python3, as far as `-m http.server` and `--version` go. There is no interpreter: other uses are refused by name.
 * See Lib/http/server.py.
 * Differs from Linux: Python programs do not run.
 */
import { parseIpv4 } from '../../base/address.ts';
import type { Process, Program } from '../../machine/program.ts';
import { NetError } from '../../net/errors.ts';
import { httpDate } from '../http/message.ts';
import { serveHttp, type Response, type ServedRequest } from '../http/server.ts';
import { findFile } from '../http/static-files.ts';
import { percentDecode } from '../http/url.ts';
import { clfTime } from '../nginx/index.ts';
import { untilSignal } from './serving.ts';

const TYPES: Readonly<Record<string, string>> = { html: 'text/html', htm: 'text/html', txt: 'text/plain', css: 'text/css', js: 'text/javascript', json: 'application/json', png: 'image/png' };

export const python: Program = {
  name: 'python3',
  async run(process) {
    const version = process.env.get('PYTHON_VERSION') ?? '3.13.7';
    const args = process.argv.slice(1);
    if (args[0] === '--version' || args[0] === '-V') {
      await process.stdout.write(`Python ${version}\n`);
      return 0;
    }
    const at = args.indexOf('-m');
    if (at >= 0 && args[at + 1] === 'http.server') return serve(process, args.slice(at + 2), version);
    if (at >= 0) {
      await process.stderr.write(`/usr/local/bin/python3: No module named ${args[at + 1] ?? ''}\n`);
      return 1;
    }
    await process.stderr.write('python3: this simulator runs only `python3 -m http.server`, not Python programs\n');
    return 1;
  },
};

async function serve(process: Process, args: readonly string[], version: string): Promise<number> {
  let port = 8000;
  let directory = process.cwd;
  let bind = '0.0.0.0';
  for (let i = 0; i < args.length; i++) {
    const [name, glued] = args[i]!.split('=');
    if (name === '-d' || name === '--directory') directory = glued ?? args[++i] ?? directory;
    else if (name === '-b' || name === '--bind') bind = glued ?? args[++i] ?? bind;
    else if (/^\d+$/.test(args[i]!)) port = Number(args[i]);
    else {
      await process.stderr.write(`usage: server.py [-h] [--cgi] [-b ADDRESS] [-d DIRECTORY] [-p VERSION] [port]\nserver.py: error: unrecognized arguments: ${args[i]}\n`);
      return 2;
    }
  }
  const address = parseIpv4(bind);
  try {
    serveHttp(process, {
      ...(address && address !== '0.0.0.0' ? { address } : {}), port, version: 'HTTP/1.0',
      handle: (request) => answer(process, directory, version, request),
      onServed: (request, response) => void process.stderr.write(`${request.remote.address} - - [${clfTime(process).replace(' +0000', '').replace(':', ' ')}] "${request.method} ${request.target} ${request.version}" ${response.status} -\n`),
    });
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    await process.stderr.write(`OSError: [Errno 98] ${error.message}\n`);
    return 1;
  }
  await process.stdout.write(`Serving HTTP on ${bind} port ${port} (http://${bind}:${port}/) ...\n`);
  await untilSignal(process, ['SIGINT']);
  await process.stdout.write('\nKeyboard interrupt received, exiting.\n');
  return 0;
}

function answer(process: Process, directory: string, version: string, request: ServedRequest): Response {
  const base = [['Server', `SimpleHTTP/0.6 Python/${version}`], ['Date', httpDate(process.machine.clock.unixMs())]] as const;
  if (request.method !== 'GET' && request.method !== 'HEAD') return error(501, `Unsupported method ('${request.method}')`, 'Server does not support this operation', base);
  const path = percentDecode(request.target.replace(/[?#].*/, ''));
  const found = findFile(process.files, directory, path, ['index.html', 'index.htm']);
  switch (found.kind) {
    case 'file': {
      const extension = /\.([^./]+)$/.exec(found.path)?.[1] ?? '';
      return { status: 200, headers: [...base, ['Content-type', TYPES[extension] ?? 'application/octet-stream'], ['Content-Length', String(found.content.length)], ['Last-Modified', httpDate(found.mtimeMs)]], body: found.content };
    }
    case 'redirect':
      return { status: 301, headers: [...base, ['Location', `${path}/`], ['Content-Length', '0']] };
    case 'listing': {
      const rows = found.names.map((name) => `<li><a href="${name}">${name}</a></li>\n`).join('');
      const body = `<!DOCTYPE HTML>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Directory listing for ${path}</title>\n</head>\n<body>\n<h1>Directory listing for ${path}</h1>\n<hr>\n<ul>\n${rows}</ul>\n<hr>\n</body>\n</html>\n`;
      return { status: 200, headers: [...base, ['Content-type', 'text/html; charset=utf-8'], ['Content-Length', String(body.length)]], body };
    }
    case 'missing':
      return error(404, 'File not found', 'Nothing matches the given URI', base);
  }
}

function error(status: number, message: string, explain: string, base: readonly (readonly [string, string])[]): Response {
  const body = `<!DOCTYPE HTML>\n<html lang="en">\n    <head>\n        <meta charset="utf-8">\n        <title>Error response</title>\n    </head>\n    <body>\n        <h1>Error response</h1>\n        <p>Error code: ${status}</p>\n        <p>Message: ${message}.</p>\n        <p>Error code explanation: ${status} - ${explain}.</p>\n    </body>\n</html>\n`;
  return { status, reason: message, headers: [...base, ['Connection', 'close'], ['Content-Type', 'text/html;charset=utf-8'], ['Content-Length', String(body.length)]], body };
}
