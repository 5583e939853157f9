/**
 * One end of a TCP connection (RFC 9293): handshake, segments, acknowledgements, retransmission, closing.
 * Timers are on the simulated clock, so a path that breaks in the middle stalls a transfer exactly as long as it would.
 * Differs from Linux: no congestion control, no selective acknowledgement, no delayed acknowledgement; a segment out of
 * order is dropped and everything from the gap on is sent again. Above 250 lines because the states are one machine.
 */
import type { Disposer } from '../base/clock.ts';
import { type Errno, NetError } from './errors.ts';
import { errnoOf } from './icmp.ts';
import type { SocketOwner } from './in-flight.ts';
import type { NetNamespace } from './namespace.ts';
import type { Endpoint, IcmpKind, Tcp, TcpFlags } from './packet.ts';
import { ReceiveQueue } from './receive-queue.ts';
import type { TcpConnection, TcpState } from './tcp-connection.ts';

export type { TcpConnection, TcpState } from './tcp-connection.ts';

interface TcpOptions {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly owner: SocketOwner | undefined;
  readonly mark: number;
  /** The socket leaves the table. */
  readonly onClosed: () => void;
}

/** Bytes that may wait to be read; what remains of it is the window we advertise (unscaled here: there are no 16 bits to fit). */
const RECEIVE_BUFFER = 131_072;
/** More than this many bytes written and unacknowledged make `drained` wait. */
const SEND_BUFFER = 87_040;
/** Timestamps take 12 bytes of every segment. */
const OPTIONS_SIZE = 12;
const SYN_TIMEOUT_MS = 1000;
const MIN_TIMEOUT_MS = 200;
const MAX_TIMEOUT_MS = 120_000;
const TIME_WAIT_MS = 60_000;

const plus = (sequence: number, count: number) => (sequence + count) >>> 0;
/** How far `a` is ahead of `b` on the circle of sequence numbers. */
const ahead = (a: number, b: number) => (a - b) | 0;

const SENDING: ReadonlySet<TcpState> = new Set<TcpState>(['ESTAB', 'CLOSE-WAIT', 'FIN-WAIT-1', 'CLOSING', 'LAST-ACK']);

/** One end of one connection, in the table of `Sockets` until it is closed. */
export class TcpSocket implements TcpConnection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly owner: SocketOwner | undefined;
  readonly closed: Promise<void>;
  state: TcpState = 'CLOSED';

  /** First byte that is not acknowledged: the sequence number of `#buffer[0]`. */
  #unacknowledged: number;
  #next: number;
  /** The furthest we ever sent: after a timeout `#next` goes back, this does not. */
  #furthest: number;
  #expected = 0;
  #peerWindow = 0;
  #peerMss = 536;
  #buffer = '';
  #finQueued = false;
  #finReceived = false;
  #orphaned = false;

  readonly #received = new ReceiveQueue();
  #advertised = RECEIVE_BUFFER;
  #error: NetError | undefined;
  #softError: Errno | undefined;
  #drainers: { readonly resolve: () => void; readonly reject: (error: NetError) => void }[] = [];
  #connecting: { readonly resolve: () => void; readonly reject: (error: NetError) => void } | undefined;
  #onAccepted: (() => void) | undefined;
  #resolveClosed!: () => void;

  #cancelTimer: Disposer | undefined;
  #timeoutMs = SYN_TIMEOUT_MS;
  #retries = 0;

  constructor(
    private readonly namespace: NetNamespace,
    private readonly options: TcpOptions,
  ) {
    this.local = options.local;
    this.remote = options.remote;
    this.owner = options.owner;
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve));
    const initial = namespace.world.rng.below(2 ** 32);
    this.#unacknowledged = initial;
    this.#next = plus(initial, 1);
    this.#furthest = this.#next;
  }

  get pendingBytes(): number {
    return this.#buffer.length;
  }

  get receivedBytes(): number {
    return this.#received.bytes;
  }

  connect(): Promise<void> {
    this.state = 'SYN-SENT';
    return new Promise((resolve, reject) => {
      this.#connecting = { resolve, reject };
      this.#transmit('S', this.#unacknowledged, '');
      this.#arm();
    });
  }

  /** The listener's side: answer a SYN. */
  accept(syn: Tcp, onAccepted: () => void): void {
    this.state = 'SYN-RECV';
    this.#onAccepted = onAccepted;
    this.#greet(syn);
    this.#transmit('S.', this.#unacknowledged, '');
    this.#arm();
  }

  write(data: string): void {
    if (this.#error) throw this.#error;
    if (this.#finQueued || this.state === 'CLOSED' || this.state === 'TIME-WAIT') throw new NetError('EPIPE');
    this.#buffer += data;
    this.#pump();
  }

  read(): Promise<string | undefined> {
    const data = this.#received.read();
    // The sender stopped for want of room: tell it that there is some again.
    if (this.#advertised < RECEIVE_BUFFER / 2 && this.#received.bytes === 0 && this.state !== 'CLOSED') this.#acknowledge();
    return data;
  }

  drained(): Promise<void> {
    if (this.#error) return Promise.reject(this.#error);
    if (this.#buffer.length < SEND_BUFFER) return Promise.resolve();
    return new Promise((resolve, reject) => this.#drainers.push({ resolve, reject }));
  }

  end(): void {
    if (this.#finQueued || this.state === 'CLOSED') return;
    this.#finQueued = true;
    this.#pump();
  }

  reset(): void {
    if (this.state !== 'CLOSED' && this.state !== 'TIME-WAIT') this.#transmit('R.', this.#next, '');
    this.#finish(new NetError('ECONNRESET'));
  }

  close(): void {
    // Unread bytes are lost, and the other side must know (RFC 2525, 2.17).
    if (this.#received.bytes > 0 && !this.#orphaned) return this.reset();
    this.#orphaned = true;
    this.end();
    if (this.state === 'SYN-SENT') this.abandon();
    if (this.state === 'FIN-WAIT-2') this.#lingerInFinWait2();
  }

  /** Gone without a word. */
  abandon(): void {
    this.#finish(new NetError('ECONNRESET'));
  }

  receiveError(kind: IcmpKind): void {
    const code = errnoOf(kind);
    if (kind === 'fragmentation-needed') return this.#goBack();
    if (!code) return;
    if (this.state === 'SYN-SENT') this.#finish(new NetError(code));
    else this.#softError = code;
  }

  receive(segment: Tcp): void {
    if (this.state === 'SYN-SENT') return this.#receiveInSynSent(segment);
    if (segment.flags.startsWith('R')) return this.#receiveReset(segment);
    if (segment.flags.startsWith('S')) {
      // Our answer was lost, or somebody is confused: say again where we are.
      if (this.state === 'SYN-RECV' && segment.flags === 'S') this.#transmit('S.', this.#unacknowledged, '');
      else this.#acknowledge();
      return;
    }
    if (this.state === 'SYN-RECV') {
      if (segment.acknowledgement !== this.#next) return;
      this.#establish(segment);
      this.#onAccepted?.();
      this.#onAccepted = undefined;
    }
    this.#receiveAcknowledgement(segment);
    this.#receiveData(segment);
  }

  #receiveInSynSent(segment: Tcp): void {
    const acceptable = segment.flags.includes('.') && segment.acknowledgement === this.#next;
    if (segment.flags.startsWith('R')) {
      if (acceptable) this.#finish(new NetError('ECONNREFUSED'));
    } else if (segment.flags === 'S.' && acceptable) {
      this.#greet(segment);
      this.#establish(segment);
      this.#acknowledge();
      this.#connecting?.resolve();
      this.#connecting = undefined;
      this.#pump();
    }
  }

  #receiveReset(segment: Tcp): void {
    if (ahead(segment.sequence, this.#expected) < 0 || ahead(segment.sequence, this.#expected) > RECEIVE_BUFFER) return;
    if (this.state === 'TIME-WAIT' || this.state === 'SYN-RECV') return this.abandon();
    this.#finish(new NetError(this.state === 'CLOSE-WAIT' ? 'EPIPE' : 'ECONNRESET'));
  }

  #receiveAcknowledgement(segment: Tcp): void {
    this.#peerWindow = segment.window;
    const progress = ahead(segment.acknowledgement, this.#unacknowledged);
    if (progress > 0 && ahead(segment.acknowledgement, this.#furthest) <= 0) {
      const data = Math.min(progress, this.#buffer.length);
      const finAcknowledged = progress > this.#buffer.length;
      this.#buffer = this.#buffer.slice(data);
      this.#unacknowledged = segment.acknowledgement;
      if (ahead(this.#next, this.#unacknowledged) < 0) this.#next = this.#unacknowledged;
      this.#retries = 0;
      this.#timeoutMs = MIN_TIMEOUT_MS;
      this.#cancelTimer?.();
      this.#cancelTimer = undefined;
      if (finAcknowledged) this.#finAcknowledged();
      if (this.#buffer.length < SEND_BUFFER) for (const { resolve } of this.#drainers.splice(0)) resolve();
    }
    this.#pump();
  }

  #receiveData(segment: Tcp): void {
    const hasFin = segment.flags.startsWith('F');
    if (segment.data === '' && !hasFin) {
      // A probe of our window: answer it.
      if (ahead(segment.sequence, this.#expected) < 0) this.#acknowledge();
      return;
    }
    if (this.state === 'TIME-WAIT' || this.state === 'CLOSED') return this.#acknowledge();
    const old = ahead(this.#expected, segment.sequence);
    const fresh = old >= 0 ? segment.data.slice(old) : '';
    if (old < 0 || old > segment.data.length || this.#finReceived || this.#received.bytes + fresh.length > RECEIVE_BUFFER) return this.#acknowledge();
    if (fresh !== '' && this.#orphaned) return this.reset();
    this.#expected = plus(this.#expected, fresh.length + (hasFin ? 1 : 0));
    if (fresh !== '') this.#received.push(fresh);
    if (hasFin) this.#finArrived();
    this.#acknowledge();
  }

  #finArrived(): void {
    this.#finReceived = true;
    this.#received.end(undefined);
    if (this.state === 'ESTAB') this.state = 'CLOSE-WAIT';
    else if (this.state === 'FIN-WAIT-1') this.state = 'CLOSING';
    else if (this.state === 'FIN-WAIT-2') this.#timeWait();
  }

  #finAcknowledged(): void {
    if (this.state === 'FIN-WAIT-1') {
      this.state = 'FIN-WAIT-2';
      if (this.#orphaned) this.#lingerInFinWait2();
    } else if (this.state === 'CLOSING') this.#timeWait();
    else if (this.state === 'LAST-ACK') this.#finish(undefined);
  }

  #lingerInFinWait2(): void {
    const { world, sysctl } = this.namespace;
    this.#cancelTimer?.();
    this.#cancelTimer = world.clock.schedule(1000 * sysctl.number('net.ipv4.tcp_fin_timeout'), () => this.#finish(undefined));
  }

  #timeWait(): void {
    this.state = 'TIME-WAIT';
    this.#cancelTimer?.();
    this.#cancelTimer = this.namespace.world.clock.schedule(TIME_WAIT_MS, () => this.#finish(undefined));
    this.#resolveClosed();
  }

  /** Send what may be sent: up to the peer's window, in segments that fit the path. */
  #pump(limit = Number.POSITIVE_INFINITY): void {
    if (!SENDING.has(this.state)) return;
    for (let sent = 0; sent < limit; sent++) {
      const offset = ahead(this.#next, this.#unacknowledged);
      const remaining = this.#buffer.length - offset;
      if (remaining > 0) {
        const size = Math.min(this.#segmentSize(), remaining, this.#peerWindow - offset);
        if (size <= 0) break;
        this.#transmit(size === remaining ? 'P.' : '.', this.#next, this.#buffer.slice(offset, offset + size));
        this.#next = plus(this.#next, size);
      } else if (this.#finQueued && remaining === 0) {
        if (this.state === 'ESTAB') this.state = 'FIN-WAIT-1';
        else if (this.state === 'CLOSE-WAIT') this.state = 'LAST-ACK';
        this.#transmit('F.', this.#next, '');
        this.#next = plus(this.#next, 1);
      } else break;
      if (ahead(this.#next, this.#furthest) > 0) this.#furthest = this.#next;
    }
    if (this.#next !== this.#unacknowledged || this.#buffer.length > 0) this.#arm();
  }

  #segmentSize(): number {
    const { devices, routes } = this.namespace;
    const answer = routes.lookup(this.remote.address, { source: this.local.address, mark: this.options.mark });
    const device = answer.kind === 'found' ? (answer.route.mtu ?? devices.get(answer.device.name)?.mtu ?? 1500) : 1500;
    const mtu = Math.min(device, this.namespace.pathMtu(this.remote.address) ?? device);
    return Math.max(88, Math.min(this.#peerMss, mtu - 40) - OPTIONS_SIZE);
  }

  #arm(): void {
    if (this.#cancelTimer) return;
    this.#cancelTimer = this.namespace.world.clock.schedule(this.#timeoutMs, () => this.#timeout());
  }

  /** Nothing was acknowledged for too long: go back and send the first again, waiting twice as long for it. */
  #timeout(): void {
    this.#cancelTimer = undefined;
    const { sysctl } = this.namespace;
    const knob = this.state === 'SYN-SENT' ? 'tcp_syn_retries' : this.state === 'SYN-RECV' ? 'tcp_synack_retries' : 'tcp_retries2';
    // A closed window is the other side's right, however long.
    const probing = SENDING.has(this.state) && this.#peerWindow === 0;
    if (!probing && this.#retries >= sysctl.number(`net.ipv4.${knob}`)) return this.#finish(new NetError(this.#softError ?? 'ETIMEDOUT'));
    this.#retries++;
    this.#timeoutMs = Math.min(MAX_TIMEOUT_MS, this.#timeoutMs * 2);
    if (this.state === 'SYN-SENT') this.#transmit('S', this.#unacknowledged, '');
    else if (this.state === 'SYN-RECV') this.#transmit('S.', this.#unacknowledged, '');
    else if (probing) this.#transmit('.', plus(this.#unacknowledged, -1), '');
    else {
      this.#next = this.#unacknowledged;
      this.#pump(1);
    }
    this.#arm();
  }

  #goBack(): void {
    if (!SENDING.has(this.state)) return;
    this.#next = this.#unacknowledged;
    this.#pump();
  }

  #greet(segment: Tcp): void {
    this.#expected = plus(segment.sequence, 1);
    this.#peerWindow = segment.window;
    this.#peerMss = segment.mss ?? 536;
  }

  #establish(segment: Tcp): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#retries = 0;
    this.#timeoutMs = MIN_TIMEOUT_MS;
    this.#unacknowledged = this.#next;
    this.#peerWindow = segment.window;
    this.state = 'ESTAB';
  }

  #acknowledge(): void {
    this.#transmit('.', this.#next, '');
  }

  #transmit(flags: TcpFlags, sequence: number, data: string): void {
    const window = Math.max(0, RECEIVE_BUFFER - this.#received.bytes);
    this.#advertised = window;
    const segment: Tcp = {
      protocol: 'tcp',
      sourcePort: this.local.port,
      destinationPort: this.remote.port,
      flags,
      sequence,
      acknowledgement: flags === 'S' || flags === 'R' ? 0 : this.#expected,
      window,
      ...(flags.startsWith('S') ? { mss: this.#segmentSizeOffered() } : {}),
      data,
    };
    // A segment that is refused here is lost like one that is lost elsewhere: the timer sends it again.
    this.namespace.send(
      { type: 'ipv4', source: this.local.address, destination: this.remote.address, ttl: 64, dontFragment: true, payload: segment },
      { mark: this.options.mark, ...(this.owner ? { owner: this.owner } : {}) },
    );
  }

  #segmentSizeOffered(): number {
    const answer = this.namespace.routes.lookup(this.remote.address, { source: this.local.address, mark: this.options.mark });
    return (answer.kind === 'found' ? answer.device.mtu : 1500) - 40;
  }

  #finish(error: NetError | undefined): void {
    if (this.state === 'CLOSED' && this.#error) return;
    this.state = 'CLOSED';
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#error = error;
    this.#buffer = '';
    this.#received.end(error);
    const failure = error ?? new NetError('EPIPE');
    for (const { reject } of this.#drainers.splice(0)) reject(failure);
    this.#connecting?.reject(failure);
    this.#connecting = undefined;
    this.#resolveClosed();
    this.options.onClosed();
  }
}
