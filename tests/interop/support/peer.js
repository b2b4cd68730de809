// Runs in the page: one RTCPeerConnection, driven from outside by page.evaluate(() => peer.…).
class ChannelLog {
  constructor(channel) {
    this.channel = channel;
    channel.binaryType = 'arraybuffer';
    this.state = channel.readyState;
    this.messages = [];
    this.errors = [];
    channel.onopen = () => (this.state = 'open');
    channel.onclose = () => (this.state = 'closed');
    channel.onerror = ({ error }) => this.errors.push(error.errorDetail);
    channel.onmessage = ({ data }) => this.messages.push(data);
  }
}

const toBytes = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
const toBase64 = (buffer) => {
  let text = '';
  for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
  return btoa(text);
};

globalThis.peer = {
  connection: null,
  channels: new Map(),
  candidates: [],

  /** Makes the connection; its candidates go to the binding `onLocalCandidate` where there is one. */
  create() {
    this.connection = new RTCPeerConnection();
    this.connection.onicecandidate = ({ candidate }) => {
      this.candidates.push(candidate?.toJSON() ?? null);
      globalThis.onLocalCandidate?.(candidate?.toJSON() ?? null);
    };
    this.connection.ondatachannel = ({ channel }) => this.channels.set(channel.label, new ChannelLog(channel));
  },

  /** Adds tracks of the fake devices. */
  async publish({ audio = false, video = false }) {
    const media = await navigator.mediaDevices.getUserMedia({
      video: video && { width: 640, height: 480, frameRate: 30 },
      audio: audio && { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    });
    for (const track of media.getTracks()) this.connection.addTrack(track, media);
  },

  /** Names of the codecs that this browser can send, without retransmission and the like. */
  codecsToSend(kind) {
    const names = RTCRtpSender.getCapabilities(kind).codecs.map(({ mimeType }) => mimeType.split('/')[1]);
    const auxiliary = ['rtx', 'red', 'ulpfec', 'flexfec-03', 'telephone-event', 'CN'];
    return [...new Set(names)].filter((name) => !auxiliary.includes(name));
  },

  /** Has the transceiver of this kind offer one codec, and its retransmission. */
  prefer(kind, name) {
    const { codecs } = RTCRtpReceiver.getCapabilities(kind);
    const wanted = codecs.filter(({ mimeType }) => [name, 'rtx'].includes(mimeType.split('/')[1]));
    const transceiver = this.connection.getTransceivers().find(({ receiver }) => receiver.track.kind === kind);
    transceiver.setCodecPreferences(wanted);
  },

  /**
   * Adds a picture on which so many coloured blocks appear with every frame. With 300 of them it takes all the bits that
   * it is given, but where there are too few for them, Chromium's encoder leaves out most of the frames.
   */
  publishNoise({ width, height, maxBitrate, encodings = [{ maxBitrate }], patches = 300 }) {
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const context = canvas.getContext('2d');
    setInterval(() => {
      for (let i = 0; i < patches; ++i) {
        context.fillStyle = `hsl(${Math.random() * 360}, 80%, ${Math.random() * 100}%)`;
        context.fillRect(Math.random() * width, Math.random() * height, width / 20, height / 20);
      }
    }, 33);
    const [track] = canvas.captureStream(30).getTracks();
    this.connection.addTransceiver(track, { direction: 'sendonly', sendEncodings: encodings });
  },

  /** Whether each layer is sent, by rid. */
  async setActive(active) {
    const [sender] = this.connection.getSenders();
    const parameters = sender.getParameters();
    for (const encoding of parameters.encodings) encoding.active = active[encoding.rid] ?? encoding.active;
    await sender.setParameters(parameters);
  },

  /** All `outbound-rtp` entries. */
  async allOutbound() {
    return [...(await this.connection.getStats()).values()].filter(({ type }) => type === 'outbound-rtp');
  },

  /** Adds a drawn picture and a tone, which need no permission. */
  publishSynthetic() {
    const canvas = document.createElement('canvas');
    const context = canvas.getContext('2d');
    let frame = 0;
    setInterval(() => {
      context.fillStyle = `hsl(${frame++ % 360}, 80%, 50%)`;
      context.fillRect(0, 0, canvas.width, canvas.height);
    }, 33);
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    const output = audio.createMediaStreamDestination();
    tone.connect(output);
    tone.start();
    const media = new MediaStream([...canvas.captureStream(30).getTracks(), ...output.stream.getTracks()]);
    for (const track of media.getTracks()) this.connection.addTrack(track, media);
  },

  /** Adds sound with another tone on each side, 440 and 880 Hz. */
  async publishStereo() {
    const audio = new AudioContext({ sampleRate: 48000 });
    const sides = audio.createChannelMerger(2);
    for (const [side, frequency] of [440, 880].entries()) {
      const tone = new OscillatorNode(audio, { frequency });
      tone.connect(sides, 0, side);
      tone.start();
    }
    this.loudness = new GainNode(audio);
    const output = new MediaStreamAudioDestinationNode(audio, { channelCount: 2 });
    sides.connect(this.loudness).connect(output);
    await audio.resume();
    for (const track of output.stream.getTracks()) this.connection.addTrack(track, output.stream);
  },

  setLoudness(gain) {
    this.loudness.gain.value = gain;
  },

  createChannel(label, init) {
    this.channels.set(label, new ChannelLog(this.connection.createDataChannel(label, init)));
  },

  /** What a channel says of itself, as RTCDataChannelInit; undefined: there is none of that label. */
  channelInit(label) {
    const channel = this.channels.get(label)?.channel;
    if (channel === undefined) return undefined;
    const { ordered, maxRetransmits, maxPacketLifeTime, protocol, negotiated, id } = channel;
    return { ordered, maxRetransmits, maxPacketLifeTime, protocol, negotiated, id };
  },

  /** How many channels are in a state. */
  countChannels(state) {
    return [...this.channels.values()].filter((log) => log.state === state).length;
  },

  /** How many channels have got a message. */
  countReached() {
    return [...this.channels.values()].filter((log) => log.messages.length > 0).length;
  },

  /** Sends its own label on each channel. */
  sendLabels() {
    for (const [label, { channel }] of this.channels) channel.send(label);
  },

  /** Sends so many messages of so many bytes, each filled with its number, and says how much waits then. */
  sendMany(label, count, length) {
    const { channel } = this.channels.get(label);
    for (let i = 0; i < count; ++i) channel.send(new Uint8Array(length).fill(i));
    return channel.bufferedAmount;
  },

  bufferedAmount(label) {
    return this.channels.get(label).channel.bufferedAmount;
  },

  /** Makes an offer and applies it. */
  async offer() {
    await this.connection.setLocalDescription();
    return this.connection.localDescription.sdp;
  },

  /** Applies an offer and an answer to it. */
  async answer(sdp) {
    await this.connection.setRemoteDescription({ type: 'offer', sdp });
    await this.connection.setLocalDescription();
    return this.connection.localDescription.sdp;
  },

  accept(sdp) {
    return this.connection.setRemoteDescription({ type: 'answer', sdp });
  },

  /** The local description with all candidates. */
  async gathered() {
    while (this.connection.iceGatheringState !== 'complete') {
      await new Promise((resolve) => this.connection.addEventListener('icegatheringstatechange', resolve, { once: true }));
    }
    return this.connection.localDescription.sdp;
  },

  addCandidate(candidate) {
    return this.connection.addIceCandidate(candidate);
  },

  state() {
    const { connectionState, iceConnectionState, signalingState } = this.connection;
    return { connectionState, iceConnectionState, signalingState };
  },

  /** Sends no more media: afterwards nothing is counted that does not arrive. */
  async stopSending() {
    for (const sender of this.connection.getSenders()) await sender.replaceTrack(null);
  },

  /** `outbound-rtp` by kind. */
  async outbound() {
    const result = {};
    for (const entry of (await this.connection.getStats()).values()) {
      if (entry.type === 'outbound-rtp') result[entry.kind] = entry;
    }
    return result;
  },

  /** `inbound-rtp` by kind. */
  async inbound() {
    const result = {};
    for (const entry of (await this.connection.getStats()).values()) {
      if (entry.type === 'inbound-rtp') result[entry.kind] = entry;
    }
    return result;
  },

  /** `remote-outbound-rtp` by kind: what the service's sender reports said. */
  async remoteOutbound() {
    const result = {};
    for (const entry of (await this.connection.getStats()).values()) {
      if (entry.type === 'remote-outbound-rtp') result[entry.kind] = entry;
    }
    return result;
  },

  /** The directions of the transceivers by kind, and whether their remote tracks are muted. */
  directions() {
    return this.connection.getTransceivers().map(({ currentDirection, receiver: { track } }) =>
      ({ kind: track.kind, currentDirection, muted: track.muted }));
  },

  /** Plays the remote tracks: what nobody looks at or listens to is not decoded in every browser. Resolves when it plays. */
  play({ muted = true } = {}) {
    const video = document.createElement('video');
    video.muted = muted;
    video.autoplay = true;
    video.srcObject = new MediaStream(this.connection.getReceivers().map(({ track }) => track));
    document.body.append(video);
    return video.play();
  },

  /** Has the receiver of video ask for a key frame (PLI). */
  async requestKeyFrame() {
    const code = `onrtctransform = async ({ transformer }) => {
      transformer.readable.pipeTo(transformer.writable);
      onmessage = () => transformer.sendKeyFrameRequest().then(() => postMessage('asked'), (e) => postMessage(String(e)));
      postMessage('ready');
    };`;
    if (!this.worker) {
      this.worker = new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
      const ready = new Promise((resolve) => { this.worker.onmessage = resolve; });
      const { receiver } = this.connection.getTransceivers().find(({ receiver: { track } }) => track.kind === 'video');
      receiver.transform = new RTCRtpScriptTransform(this.worker);
      await ready;
    }
    const answer = new Promise((resolve) => { this.worker.onmessage = ({ data }) => resolve(data); });
    this.worker.postMessage('ask');
    return answer;
  },

  /** The selected pair's local and remote candidates, and the transport. */
  async selectedPair() {
    const stats = await this.connection.getStats();
    const transport = [...stats.values()].find(({ type }) => type === 'transport');
    const pair = stats.get(transport?.selectedCandidatePairId);
    return pair && { transport, local: stats.get(pair.localCandidateId), remote: stats.get(pair.remoteCandidateId) };
  },

  /** All pairs that have been checked with success. */
  async workingPairs() {
    const stats = await this.connection.getStats();
    const pairs = [...stats.values()].filter(({ type, state }) => type === 'candidate-pair' && state === 'succeeded');
    return pairs.map((pair) => ({ local: stats.get(pair.localCandidateId), remote: stats.get(pair.remoteCandidateId) }));
  },

  /** Watches the packets of audio that come, until `longestPause`. */
  watchArrivals() {
    const watch = { at: performance.now(), packets: 0, longest: 0, readings: 0, running: true };
    const read = async () => {
      while (watch.running) {
        const { packetsReceived = 0 } = (await this.inbound()).audio ?? {};
        const now = performance.now();
        watch.longest = Math.max(watch.longest, now - watch.at);
        if (packetsReceived !== watch.packets) Object.assign(watch, { at: now, packets: packetsReceived });
        ++watch.readings;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    watch.done = read();
    this.arrivals = watch;
  },

  /** Ends it. The longest time in ms without a packet, how many came in all, and how often it looked. */
  async longestPause() {
    this.arrivals.running = false;
    await this.arrivals.done;
    const { longest, packets, readings } = this.arrivals;
    return { longest, packets, readings };
  },

  /** What went wrong on a channel, by RTCErrorDetailType. */
  channelErrors(label) {
    return this.channels.get(label).errors;
  },

  channelState(label) {
    return this.channels.get(label)?.state ?? null;
  },

  closeChannel(label) {
    this.channels.get(label).channel.close();
  },

  /** Closes every channel, all in one task. */
  closeChannels() {
    for (const { channel } of this.channels.values()) channel.close();
  },

  /** The ids of all channels, in order. */
  channelIds() {
    return [...this.channels.values()].map(({ channel }) => channel.id).sort((a, b) => a - b);
  },

  sendText(label, text) {
    this.channels.get(label).channel.send(text);
  },

  sendBytes(label, base64) {
    this.channels.get(label).channel.send(toBytes(base64));
  },

  /** Sends back all that comes on a channel, from the first message on. */
  echo(label) {
    const log = this.channels.get(label);
    for (const message of log.messages) log.channel.send(message);
    log.channel.onmessage = ({ data }) => log.channel.send(data);
  },

  /** What came, as { text } or { base64 }. */
  received(label) {
    const messages = this.channels.get(label)?.messages ?? [];
    return messages.map((data) => (typeof data === 'string' ? { text: data } : { base64: toBase64(data) }));
  },
};
