// Publishes camera and microphone. Nothing here knows of peerconnectiond: it is the RTCPeerConnection of any page.
const connection = new RTCPeerConnection();

const post = async (path, body) => {
  const response = await fetch(path, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  return response;
};

// Data channels: ours sends and compares what comes back; on the other side's, everything is sent back.
const echo = { expected: [], matched: 0, mismatched: 0, echoed: 0 };
const sameBytes = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

const channel = connection.createDataChannel('from the page');
channel.binaryType = 'arraybuffer';
channel.onopen = () => {
  const messages = ['Greetings from the page, ❤', Uint8Array.from({ length: 256 }, (_, i) => 255 - i)];
  for (const message of messages) {
    echo.expected.push(message);
    channel.send(message);
  }
};
channel.onmessage = ({ data }) => {
  const expected = echo.expected.shift();
  const same = typeof data === 'string' ? data === expected : sameBytes(new Uint8Array(data), expected);
  if (same) ++echo.matched;
  else ++echo.mismatched;
};
connection.ondatachannel = ({ channel: theirs }) => {
  theirs.binaryType = 'arraybuffer';
  theirs.onmessage = ({ data }) => {
    theirs.send(data);
    ++echo.echoed;
  };
};

connection.onconnectionstatechange = () => {
  document.getElementById('state').textContent = connection.connectionState;
};

// Candidates go out as they are found. They follow the offer, so that the other side knows what they belong to.
let offerSent;
const offered = new Promise((resolve) => (offerSent = resolve));
connection.onicecandidate = async ({ candidate }) => {
  await offered;
  await post('/candidate', candidate);
};

async function publish() {
  const media = await navigator.mediaDevices.getUserMedia({
    video: { width: 640, height: 480, frameRate: 30 },
    // A beep is no speech: processing would take it for noise.
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  });
  document.getElementById('preview').srcObject = media;
  for (const track of media.getTracks()) connection.addTrack(track, media);

  await connection.setLocalDescription();
  const answer = post('/offer', connection.localDescription);
  answer.then(offerSent, () => {});
  await connection.setRemoteDescription(await (await answer).json());
  new EventSource('/candidates').onmessage = ({ data }) => connection.addIceCandidate(JSON.parse(data));
}

// What the demo reads from outside.
globalThis.demo = {
  published: publish(),
  echo,
  state: () => connection.connectionState,
  framesSent: async () => {
    for (const entry of (await connection.getStats()).values()) {
      if (entry.type === 'outbound-rtp' && entry.kind === 'video') return entry.framesSent ?? 0;
    }
    return 0;
  },
};
