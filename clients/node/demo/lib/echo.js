// Our end of the data channels: sends on the channel that we opened and compares what comes back, and sends back what
// comes on any other.

const CREDIT_BYTES = 1 << 20;

/** What both sides send: text beyond ASCII, and every byte. */
export const GREETINGS = ['Grüße aus dem Dienst 🎥', Buffer.from(Array.from({ length: 256 }, (_, i) => i))];

const costOf = ({ text, binary }) => Math.max(1, text === undefined ? binary.length : Buffer.byteLength(text));
const payloadOf = (message) => (message.payload === 'text' ? { text: message.text } : { binary: message.binary });

/** Echoes on all data channels of one connection. */
export class Echo {
  #stream;
  #channelId;
  #greeted = false;
  #expected = [];
  /** Messages of the browser that were sent back. */
  echoed = 0;
  /** Messages of ours that came back unchanged, and in order. */
  matched = 0;
  /** Messages of ours that came back changed. */
  mismatched = 0;

  /**
   * @param {import('../../dist/index.js').Client} client
   * @param {string} peerConnectionId
   * @param {string} channelId The channel that we opened.
   */
  constructor(client, peerConnectionId, channelId) {
    this.#channelId = channelId;
    this.#stream = client.dataChannels.stream();
    this.ended = this.#run({ open: { peerConnectionId, initialReceiveCredit: CREDIT_BYTES } });
    this.ended.catch(() => {}); // Whoever waits for `ended` learns of it.
  }

  async #run(open) {
    await this.#stream.write(open);
    for await (const { opened, dataChannel, message, refused } of this.#stream) {
      if (refused) throw new Error(`a message was refused: ${refused.reason}: ${refused.description}`);
      for (const channel of opened?.dataChannels ?? [dataChannel]) await this.#onChannel(channel);
      if (message) await this.#onMessage(message.dataChannelId, payloadOf(message.message));
    }
  }

  async #onChannel(channel) {
    if (channel?.dataChannelId !== this.#channelId || channel.readyState !== 'DATA_CHANNEL_STATE_OPEN') return;
    if (this.#greeted) return;
    this.#greeted = true;
    for (const greeting of GREETINGS) {
      const message = typeof greeting === 'string' ? { text: greeting } : { binary: greeting };
      this.#expected.push(message);
      await this.#stream.write({ message: { dataChannelId: this.#channelId, message } });
    }
  }

  async #onMessage(dataChannelId, message) {
    if (dataChannelId === this.#channelId) {
      this.#compare(message);
    } else {
      await this.#stream.write({ message: { dataChannelId, message } });
      ++this.echoed;
    }
    await this.#stream.write({ receiveCredit: costOf(message) });
  }

  #compare({ text, binary }) {
    const expected = this.#expected.shift();
    const same = text === undefined ? expected?.binary?.equals(binary) : expected?.text === text;
    if (same) ++this.matched;
    else ++this.mismatched;
  }

  /** Ends the stream. */
  close() {
    this.#stream.cancel();
  }
}
