// Streams as async iterators that cancel the call when the reader stops.
import type { ClientDuplexStream, ClientReadableStream } from '@grpc/grpc-js';

type Convert = (error: unknown) => unknown;

/** What a server streams. Iterate it once; leaving the loop cancels the call. */
export class ServerStream<Response> implements AsyncIterable<Response> {
  readonly #call: ClientReadableStream<Response>;
  #failure: { error?: unknown } | undefined;
  #over = false;
  #cancelled = false;
  #wake: () => void = () => {};

  /**
   * @param call The call of grpc-js.
   * @param convert Makes the error to throw.
   * @param signal Cancels the call; iteration then throws the signal's reason.
   */
  constructor(call: ClientReadableStream<Response>, convert: Convert, signal?: AbortSignal) {
    this.#call = call;
    // The call may fail before anybody iterates, and an 'error' event without listener would end the process.
    call.on('error', (error) => this.#finish({ error: convert(error) }));
    call.on('end', () => this.#finish());
    // This listener begins to read at once: grpc-js drops messages that nobody has asked for when an error follows them.
    call.on('readable', () => this.#wake());
    if (signal) this.#abortWith(signal);
  }

  #abortWith(signal: AbortSignal): void {
    const abort = (): void => {
      this.#finish({ error: signal.reason });
      this.#call.cancel();
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    this.#call.once('status', () => signal.removeEventListener('abort', abort));
  }

  #finish(failure?: { error?: unknown }): void {
    this.#failure ??= failure;
    this.#over = true;
    this.#wake();
  }

  /** Ends the call; a loop over it ends without error. */
  cancel(): void {
    this.#cancelled = true;
    this.#call.cancel();
    this.#finish();
  }

  /** Error that ended the call, so far; undefined: none. */
  get error(): unknown {
    return this.#cancelled ? undefined : this.#failure?.error;
  }

  /** The messages in order; at the end of a failed call, after the last message, its error is thrown. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Response, void, undefined> {
    try {
      while (!this.#cancelled) {
        const message = this.#call.read() as Response | null;
        if (message !== null) {
          yield message;
        } else if (this.#over) {
          break;
        } else {
          await new Promise<void>((resolve) => (this.#wake = resolve));
        }
      }
    } finally {
      if (!this.#over) this.cancel();
    }
    if (this.error !== undefined) throw this.error;
  }
}

/** A stream in both directions. */
export class BidiStream<Request, Response> extends ServerStream<Response> {
  readonly #duplex: ClientDuplexStream<Request, Response>;
  readonly #validate: (message: Request) => void;
  #ended = false;

  /** @param validate Throws if a message must not be sent. */
  constructor(
    call: ClientDuplexStream<Request, Response>, convert: Convert, signal: AbortSignal | undefined,
    validate: (message: Request) => void) {
    super(call, convert, signal);
    this.#duplex = call;
    this.#validate = validate;
    call.once('error', () => (this.#ended = true));
    call.once('status', () => (this.#ended = true));
  }

  /** Sends a message. Resolves when the stream is ready for the next one, so awaiting it keeps memory bounded. */
  async write(message: Request): Promise<void> {
    this.#validate(message);
    if (this.#ended) throw this.error ?? new Error('the stream has ended');
    if (this.#duplex.write(message)) return;
    await new Promise<void>((resolve, reject) => {
      const done = (): void => {
        for (const name of ['drain', 'status', 'error']) this.#duplex.off(name, done);
        const error = this.error;
        if (error) reject(error);
        else resolve();
      };
      for (const name of ['drain', 'status', 'error']) this.#duplex.on(name, done);
    });
  }

  /** Ends our side; the server's messages go on. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#duplex.end();
  }
}
