// Streams as async iterators that cancel the call when the reader stops.

/** What a server streams. Iterate it once; leaving the loop cancels the call. */
export class ServerStream {
  #call;
  #failure;
  #over = false;
  #cancelled = false;
  #wake = () => {};

  /**
   * @param {import('@grpc/grpc-js').ClientReadableStream<object>} call
   * @param {(error: unknown) => unknown} convert Makes the error to throw.
   * @param {AbortSignal} [signal] Cancels the call; iteration then throws the signal's reason.
   */
  constructor(call, convert, signal) {
    this.#call = call;
    // The call may fail before anybody iterates, and an 'error' event without listener would end the process.
    call.on('error', (error) => this.#finish({ error: convert(error) }));
    call.on('end', () => this.#finish());
    // This listener begins to read at once: grpc-js drops messages that nobody has asked for when an error follows them.
    call.on('readable', () => this.#wake());
    if (signal) {
      const abort = () => {
        this.#finish({ error: signal.reason });
        call.cancel();
      };
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
      call.once('status', () => signal.removeEventListener('abort', abort));
    }
  }

  #finish(failure) {
    this.#failure ??= failure;
    this.#over = true;
    this.#wake();
  }

  /** Ends the call; a loop over it ends without error. */
  cancel() {
    this.#cancelled = true;
    this.#call.cancel();
    this.#finish();
  }

  /** Error that ended the call, so far; undefined: none. */
  get error() {
    return this.#cancelled ? undefined : this.#failure?.error;
  }

  /** The messages in order; at the end of a failed call, after the last message, its error is thrown. */
  async *[Symbol.asyncIterator]() {
    try {
      while (!this.#cancelled) {
        const message = this.#call.read();
        if (message !== null) {
          yield message;
        } else if (this.#over) {
          break;
        } else {
          await new Promise((resolve) => (this.#wake = resolve));
        }
      }
    } finally {
      if (!this.#over) this.cancel();
    }
    if (this.error !== undefined) throw this.error;
  }
}

/** A stream in both directions. */
export class BidiStream extends ServerStream {
  #call;
  #validate;
  #ended = false;

  /**
   * @param {import('@grpc/grpc-js').ClientDuplexStream<object, object>} call
   * @param {(error: unknown) => unknown} convert
   * @param {AbortSignal | undefined} signal
   * @param {(message: object) => void} validate Throws if a message must not be sent.
   */
  constructor(call, convert, signal, validate) {
    super(call, convert, signal);
    this.#call = call;
    this.#validate = validate;
    call.once('error', () => (this.#ended = true));
    call.once('status', () => (this.#ended = true));
  }

  /**
   * Sends a message. Resolves when the stream is ready for the next one, so awaiting it keeps memory bounded.
   * @param {object} message
   * @returns {Promise<void>}
   */
  async write(message) {
    this.#validate(message);
    if (this.#ended) throw this.error ?? new Error('the stream has ended');
    if (this.#call.write(message)) return;
    await new Promise((resolve, reject) => {
      const done = () => {
        this.#call.off('drain', done);
        this.#call.off('status', done);
        this.#call.off('error', done);
        const error = this.error;
        if (error) reject(error);
        else resolve();
      };
      this.#call.on('drain', done);
      this.#call.on('status', done);
      this.#call.on('error', done);
    });
  }

  /** Ends our side; the server's messages go on. */
  end() {
    if (this.#ended) return;
    this.#ended = true;
    this.#call.end();
  }
}
