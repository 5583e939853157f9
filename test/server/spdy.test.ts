/** SPDY/3.1 frames, both ways, however the network cuts them. The dialect itself is proved by real kubectl elsewhere. */
import { constants, createDeflate, createInflate } from 'node:zlib';
import { expect, test } from 'vitest';
import { SPDY_DICTIONARY } from '../../src/server/spdy/dictionary.ts';
import { FrameReader, FrameWriter } from '../../src/server/spdy/frames.ts';
import type { SpdyFrame } from '../../src/server/spdy/frames.ts';

const number = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const text = (value: string) => Buffer.concat([number(value.length), Buffer.from(value)]);

/** What a client writes: one compression context for all header blocks. */
function client() {
  const deflate = createDeflate({ dictionary: SPDY_DICTIONARY });
  return async (streamId: number, headers: Record<string, string>, fin = false): Promise<Buffer> => {
    deflate.write(Buffer.concat([number(Object.keys(headers).length), ...Object.entries(headers).flatMap(([name, value]) => [text(name), text(value)])]));
    await new Promise<void>((resolve) => deflate.flush(constants.Z_SYNC_FLUSH, () => resolve()));
    const block = deflate.read() as Buffer;
    return Buffer.concat([Buffer.from([0x80, 3, 0, 1, fin ? 1 : 0]), number(block.length + 10).subarray(1), number(streamId), number(0), Buffer.from([0, 0]), block]);
  };
}

test('the dictionary is the one of the standard', () => {
  let [a, b] = [1, 0];
  for (const byte of SPDY_DICTIONARY) [a, b] = [(a + byte) % 65521, (b + a + byte) % 65521];
  // zlib names a dictionary by its Adler-32 checksum; this is the name that kubectl sends.
  expect([SPDY_DICTIONARY.length, ((b * 65536 + a) >>> 0).toString(16)]).toEqual([1423, 'e3c6a7c2']);
});

test('frames are read whole, wherever they are cut', async () => {
  const synStream = client();
  const writer = new FrameWriter();
  const bytes = Buffer.concat([
    await synStream(1, { streamType: 'error' }),
    await synStream(3, { streamType: 'data', port: '80' }, true),
    writer.data(1, Buffer.from('hello'), true),
    writer.ping(7),
    writer.goaway(3),
  ]);
  const expected: SpdyFrame[] = [
    { type: 'syn-stream', streamId: 1, fin: false, headers: new Map([['streamtype', 'error']]) },
    { type: 'syn-stream', streamId: 3, fin: true, headers: new Map([['streamtype', 'data'], ['port', '80']]) },
    { type: 'data', streamId: 1, fin: true, data: Buffer.from('hello') },
    { type: 'ping', id: 7 },
    { type: 'goaway' },
  ];
  for (const step of [1, 7, bytes.length]) {
    const reader = new FrameReader();
    const frames: SpdyFrame[] = [];
    for (let at = 0; at < bytes.length; at += step) frames.push(...(await reader.read(bytes.subarray(at, at + step))));
    expect(frames).toEqual(expected);
    reader.close();
  }
});

test('our header blocks are one zlib stream that can be read block by block', async () => {
  const writer = new FrameWriter();
  const inflate = createInflate();
  for (const [name, value] of [['a', 'first'], ['b', 'second']] as const) {
    const frame = writer.synReply(1, new Map([[name, value]]));
    await new Promise<void>((resolve) => inflate.write(frame.subarray(12), () => resolve()));
    expect(inflate.read()).toEqual(Buffer.concat([number(1), text(name), text(value)]));
  }
});
