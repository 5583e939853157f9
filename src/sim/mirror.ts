/**
 * The gateway's two services for plain machines: names (UDP port 53), and a mirror of Alpine's download site with the
 * one archive that starts everything. Knows no other site: every other name does not exist.
 */
import type { Ipv4 } from '../base/address.ts';
import { MIRROR_CERTIFICATE } from '../images/public-roots.ts';
import type { Process, Program } from '../machine/program.ts';
import { decode, encode } from '../programs/dns/message.ts';
import { serveHttp, type Response } from '../programs/http/server.ts';
import { httpDate } from '../programs/http/message.ts';
import { readPem } from '../programs/tls/certificate.ts';
import { untilSignal } from '../programs/servers/serving.ts';

export const MIRRORED_HOST = 'dl-cdn.alpinelinux.org';

/** `…/v3.20/releases/aarch64/alpine-minirootfs-3.20.3-aarch64.tar.gz`; both architectures hold the same programs here. */
const ARCHIVE = /^\/alpine\/v3\.20\/releases\/(aarch64|x86_64)\/alpine-minirootfs-3\.20\.3-\1\.tar\.gz$/;

export function mirror(address: Ipv4): Program {
  return {
    name: 'mirror',
    async run(process) {
      answerNames(process, address);
      const handle = async (request: { readonly target: string; readonly method: string }) => answer(process, request.target);
      serveHttp(process, { port: 80, handle });
      serveHttp(process, { port: 443, handle, tls: { chain: readPem(MIRROR_CERTIFICATE) } });
      await untilSignal(process, ['SIGTERM']);
      return 0;
    },
  };
}

function answerNames(process: Process, address: Ipv4): void {
  const socket = process.netns.sockets.bindUdp({
    port: 53,
    owner: { pid: process.pid, program: 'mirror' },
    onMessage: (data, from) => {
      const query = decode(data);
      const question = query?.questions[0];
      if (!query || query.response || !question) return;
      const known = question.name.toLowerCase() === MIRRORED_HOST;
      const answers = known && question.type === 'A' ? [{ name: question.name, ttl: 300, type: 'A' as const, address }] : [];
      socket.send(encode({ ...query, response: true, recursionAvailable: true, rcode: known ? 'NOERROR' : 'NXDOMAIN', answers, additionals: [] }), from);
    },
  });
}

async function answer(process: Process, target: string): Promise<Response> {
  const { files, machine } = process;
  const path = target.replace(/\?.*/s, '');
  const server = [['Server', 'nginx'], ['Date', httpDate(machine.clock.unixMs())]] as const;
  if (!ARCHIVE.test(path)) {
    const body = '<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not Found</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n';
    return { status: 404, headers: [...server, ['Content-Type', 'text/html']], body };
  }
  const archive = `/srv/${path.split('/').at(-1)}`;
  // Packed by tar and gzip as they are here, when it is first asked for.
  if (!files.exists(archive)) await process.spawn(['tar', '-C', '/srv/alpine', '-czf', archive, '.']).exited;
  return { status: 200, headers: [...server, ['Content-Type', 'application/octet-stream']], body: files.read(archive) };
}
