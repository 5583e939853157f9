/** A TCP (or TLS) socket as a pipe of bytes for a SPDY session. */
import type { Duplex } from 'node:stream';
import type { ByteTransport } from './session.ts';

/** @param head bytes that came with the upgrade request */
export function socketTransport(socket: Duplex, head: Buffer): ByteTransport {
  return {
    onData: (listener) => {
      if (head.length > 0) listener(head);
      socket.on('data', listener);
    },
    onClose: (listener) => {
      socket.once('close', listener);
      socket.on('end', () => socket.end());
      socket.on('error', () => socket.destroy());
    },
    write: (bytes) => {
      if (socket.destroyed || socket.write(bytes)) return Promise.resolve();
      return new Promise((resolve) => {
        const done = () => {
          socket.off('drain', done);
          socket.off('close', done);
          resolve();
        };
        socket.once('drain', done);
        socket.once('close', done);
      });
    },
    end: () => void socket.end(),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
  };
}
