// Data channel messages as both sides see them, and our end of a channel.

/** Bytes that are no repetition of each other. @param {number} length @returns {Buffer} */
export const bytesOf = (length) => Buffer.from(Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 0xff));

const payloadOf = (message) => (message.payload === 'text' ? { text: message.text } : { binary: message.binary });

/** The messages of all channels of one connection, as the service hands them out. */
export class DataStream {
  #stream;
  messages = [];
  refused = [];
  channels = new Map();

  /** @param {import('node:test').TestContext} t @param {import('./call.js').Call} call */
  constructor(t, call, open = {}) {
    this.#stream = call.client.dataChannels.stream();
    t.after(() => this.#stream.cancel());
    this.ended = this.#run({ peerConnectionId: call.peerConnectionId, initialReceiveCredit: 16 << 20, ...open });
    this.ended.catch(() => {}); // A test that cares waits for it.
  }

  async #run(open) {
    await this.#stream.write({ open });
    for await (const { opened, dataChannel, message, refused } of this.#stream) {
      for (const channel of opened?.dataChannels ?? []) this.channels.set(channel.dataChannelId, channel);
      if (dataChannel) this.channels.set(dataChannel.dataChannelId, dataChannel);
      if (message) this.messages.push({ dataChannelId: message.dataChannelId, ...payloadOf(message.message) });
      if (refused) this.refused.push(refused);
    }
  }

  /** @param {string} dataChannelId @param {{text: string} | {binary: Buffer}} message */
  send(dataChannelId, message) {
    return this.#stream.write({ message: { dataChannelId, message } });
  }

  /** Is ready to take so many bytes more. @param {number} bytes */
  giveCredit(bytes) {
    return this.#stream.write({ receiveCredit: bytes });
  }

  /** The id of the open channel with this label; undefined: none. */
  openChannel(label) {
    for (const channel of this.channels.values()) {
      if (channel.label === label && channel.readyState === 'DATA_CHANNEL_STATE_OPEN') return channel.dataChannelId;
    }
    return undefined;
  }
}
