/**
 * WebSockets as kubectl uses them: channels in the first byte of each message for exec and attach, a tunnel of SPDY bytes
 * for port-forward. See apimachinery/pkg/util/remotecommand/constants.go and KEP-4006. The `ws` library is loaded only here.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { RawData, WebSocket } from 'ws';
import type { ExecStream, ExecWire } from './exec-stream.ts';
import type { ByteTransport } from './spdy/session.ts';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const RESIZE = 4;
/** v5: the next byte names a channel that its sender has finished with. */
const CLOSE = 255;

/** Best first. `v4.base64` and older are for browsers; nobody asks for them here. */
const EXEC_PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
export const TUNNEL_PROTOCOL = 'SPDY/3.1+portforward.k8s.io';

/** The exec protocol to speak; undefined when the client offers none that we know. */
export function execProtocol(request: IncomingMessage): string | undefined {
  const offered = offeredProtocols(request);
  return EXEC_PROTOCOLS.find((protocol) => offered.includes(protocol));
}

export const offersTunnel = (request: IncomingMessage): boolean => offeredProtocols(request).includes(TUNNEL_PROTOCOL);

const offeredProtocols = (request: IncomingMessage): string[] => (request.headers['sec-websocket-protocol'] ?? '').split(',').map((text) => text.trim());

/** Answers the handshake. The protocol is set by hand: `ws` refuses names with a slash, and kubectl insists on one. */
export function acceptWebSocket(request: IncomingMessage, socket: Duplex, head: Buffer, protocol: string): Promise<WebSocket> {
  delete request.headers['sec-websocket-protocol'];
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 32 * 1024 * 1024 });
  server.on('headers', (headers) => headers.push(`Sec-WebSocket-Protocol: ${protocol}`));
  return new Promise((resolve, reject) => {
    socket.once('close', () => reject(new Error('the client is gone')));
    server.handleUpgrade(request, socket, head, resolve);
  });
}

/** Connects the channels of an exec or attach. */
export function execOverWebSocket(webSocket: WebSocket, stream: ExecStream): ExecWire {
  webSocket.on('message', (data) => {
    const message = bytesOf(data);
    const content = message.subarray(1);
    if (message[0] === STDIN) stream.stdin.push(content);
    else if (message[0] === RESIZE) stream.resize(content);
    else if (message[0] === CLOSE && content[0] === STDIN) stream.stdin.end();
  });
  webSocket.on('close', () => stream.abandon());
  webSocket.on('error', () => stream.abandon());
  const send = (channel: number, bytes: Buffer) =>
    new Promise<void>((resolve) => webSocket.send(Buffer.concat([Buffer.from([channel]), bytes]), { binary: true }, () => resolve()));
  return {
    send: (channel, bytes) => send(channel === 'stdout' ? STDOUT : STDERR, bytes),
    finish: (status) => {
      void send(ERROR, Buffer.from(JSON.stringify(status)));
      webSocket.close(1000);
    },
    hold: (hold) => (hold ? webSocket.pause() : webSocket.resume()),
  };
}

/** A WebSocket as a plain pipe of bytes. */
export function tunnelOf(webSocket: WebSocket): ByteTransport {
  return {
    onData: (listener) => void webSocket.on('message', (data) => listener(bytesOf(data))),
    onClose: (listener) => {
      webSocket.once('close', listener);
      webSocket.on('error', () => webSocket.terminate());
    },
    write: (bytes) => new Promise((resolve) => webSocket.send(bytes, { binary: true }, () => resolve())),
    end: () => webSocket.close(1000),
    pause: () => webSocket.pause(),
    resume: () => webSocket.resume(),
  };
}

/** One message, however it came. */
export function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
