// The perfect negotiation example of W3C WebRTC 1.0, 10.7, at both ends of a call: RTCPeerConnection of Node, and a browser's.
//
// perfect_negotiation_example.js is the example itself, character for character, as https://w3c.github.io/webrtc-pc has it
// (Copyright © 2011-2023 World Wide Web Consortium, under its Software and Document License). It is no module: it runs as the
// body of a function whose parameters are what it takes for granted.
import { readFileSync } from 'node:fs';
import { createMediaStreamTrack, MediaStream, RTCPeerConnection } from '../../../clients/node/esm/w3c.mjs';

const SOURCE = `${readFileSync(new URL('perfect_negotiation_example.js', import.meta.url), 'utf8')}\nreturn { pc, signaling, start };`;
const NAMES = ['SignalingChannel', 'RTCPeerConnection', 'navigator', 'polite', 'selfView', 'remoteView', 'console'];

/** What of it a test looks at: `errors` are those that it logged. */
function runHere(polite, send) {
  class SignalingChannel {
    send(message) {
      send(JSON.stringify(message));
    }
  }
  const getUserMedia = async (constraints) =>
    new MediaStream(Object.keys(constraints).map((kind) => createMediaStreamTrack(kind)));
  const errors = [];
  const remoteView = {};
  const globals = {
    SignalingChannel, RTCPeerConnection, polite, remoteView, selfView: {}, navigator: { mediaDevices: { getUserMedia } },
    console: { error: (error) => errors.push(`${error}`) },
  };
  const example = new Function(...NAMES, SOURCE)(...NAMES.map((name) => globals[name]));
  return { ...example, remoteView, errors };
}

// Runs in the page, which sends by the binding `toNode`.
function runInPage([source, names, polite]) {
  class SignalingChannel {
    send(message) {
      globalThis.toNode(JSON.stringify(message));
    }
  }
  const errors = [];
  const remoteView = {};
  const globals = {
    SignalingChannel, RTCPeerConnection, navigator, polite, remoteView, selfView: {},
    console: { error: (error) => errors.push(`${error}`) },
  };
  const example = new Function(...names, source)(...names.map((name) => globals[name]));
  globalThis.example = { ...example, remoteView, errors };
}

/**
 * Runs the example here and in a page; both end with the test.
 * @param {import('node:test').TestContext} t
 * @param {import('./bench.js').Bench} bench
 * @param {boolean} polite Whether our end is.
 * @returns {Promise<{page: object, offered: Set<string>, pc: RTCPeerConnection, start: () => Promise<void>, remoteView: object,
 *   errors: string[]}>} Ours; the page's is its `example`. `offered`: ICE user name fragments of the page's offers.
 */
export async function perfectPair(t, bench, polite) {
  const page = await bench.browser.newPage();
  t.after(() => page.close());
  await page.goto(bench.url);
  const ours = runHere(polite, (text) => {
    const deliver = (message) => void globalThis.example.signaling.onmessage({ data: JSON.parse(message) });
    page.evaluate(deliver, text).catch(() => {}); // The page may have been closed.
  });
  t.after(() => ours.pc.close());
  const offered = new Set();
  await page.exposeFunction('toNode', (text) => {
    const data = JSON.parse(text);
    if (data.description?.type === 'offer') offered.add(/a=ice-ufrag:(.*)\r/.exec(data.description.sdp)[1]);
    void ours.signaling.onmessage({ data });
  });
  await page.evaluate(runInPage, [SOURCE, NAMES, !polite]);
  return { page, offered, ...ours };
}
