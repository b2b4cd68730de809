import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from '../../testing/fake_service.js';
import { Echo, GREETINGS } from '../lib/echo.js';
import { Signaling } from '../lib/signaling.js';
import { until } from '../lib/wait.js';
import { Watcher } from '../lib/watcher.js';

const json = (body) => ({ method: 'POST', body: JSON.stringify(body) });

async function startSignaling(t, client) {
  const signaling = new Signaling(client, 'pc');
  const url = await signaling.listen();
  t.after(() => signaling.close());
  return { signaling, url };
}

test("a page's offer is answered, and its candidates are handed on", async (t) => {
  const seen = [];
  const client = await serve(t, {
    PeerConnectionService: {
      SetRemoteDescription: ({ request }, reply) => {
        seen.push(request.description);
        reply(null, {});
      },
      SetLocalDescription: (call, reply) =>
        reply(null, { peerConnection: { localDescription: { type: 'SDP_TYPE_ANSWER', sdp: 'the answer' } } }),
      AddIceCandidate: ({ request }, reply) => {
        seen.push(request.candidate);
        reply(null, { used: true });
      },
    },
  });
  const { signaling, url } = await startSignaling(t, client);
  const answer = await fetch(`${url}offer`, json({ type: 'offer', sdp: 'the offer' }));
  assert.deepEqual(await answer.json(), { type: 'answer', sdp: 'the answer' });
  const candidate = { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'abcd' };
  for (const body of [candidate, null]) assert.equal((await fetch(`${url}candidate`, json(body))).status, 204);
  assert.deepEqual(seen[0], { type: 'SDP_TYPE_OFFER', sdp: 'the offer' });
  assert.equal(seen[1].candidate, 'candidate:1');
  assert.equal(seen[1].usernameFragment, 'abcd');
  assert.equal(seen[2], null);
  assert.equal(signaling.counts.fromPage, 1);
});

test('a page that listens late gets all candidates, then the further ones', async (t) => {
  const { signaling, url } = await startSignaling(t, {});
  signaling.sendCandidate({ candidate: 'candidate:1', sdpMid: '0' });
  const response = await fetch(`${url}candidates`);
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  const read = async (end) => {
    while (!text.endsWith(end)) text += decoder.decode((await reader.read()).value);
  };
  await read('"0"}\n\n');
  signaling.sendCandidate(null);
  await read('null\n\n');
  assert.equal(text, 'data: {"candidate":"candidate:1","sdpMid":"0"}\n\ndata: null\n\n');
  assert.equal(signaling.counts.toPage, 1);
});

test('what is not there, not JSON or refused is told', async (t) => {
  const client = await serve(t, {
    PeerConnectionService: { AddIceCandidate: (call, reply) => reply({ code: 3, details: 'no such section' }) },
  });
  const { url } = await startSignaling(t, client);
  assert.equal((await fetch(`${url}secret`)).status, 404);
  assert.equal((await fetch(`${url}offer`, { method: 'POST', body: '{' })).status, 500);
  const refused = await fetch(`${url}candidate`, json({ candidate: 'x', sdpMid: '9' }));
  assert.equal(refused.status, 500);
  assert.equal(await refused.text(), 'no such section');
  assert.match(await (await fetch(url)).text(), /publish\.js/);
});

const event = (sequence, rest) => ({ event: { peerConnectionId: 'pc', sequence, ...rest } });

test('a watcher hands candidates on and keeps the states', async (t) => {
  const client = await serve(t, {
    EventService: {
      WatchEvents: (call) => {
        call.write({
          snapshot: {
            peerConnection: {
              lastEventSequence: 4,
              connectionState: 'PEER_CONNECTION_STATE_NEW',
              iceConnectionState: 'ICE_CONNECTION_STATE_NEW',
            },
            localCandidates: [{ candidate: 'candidate:1', sdpMid: '0', foundation: '1' }],
          },
        });
        call.write(event(5, { connectionStateChange: { connectionState: 'PEER_CONNECTION_STATE_CONNECTED' } }));
        call.write(event(6, { iceConnectionStateChange: { iceConnectionState: 'ICE_CONNECTION_STATE_COMPLETED' } }));
        call.write(event(7, { iceCandidate: {} }));
        call.end();
      },
    },
  });
  const candidates = [];
  const watcher = new Watcher(client, 'pc', (candidate) => candidates.push(candidate));
  await watcher.ended;
  assert.equal(watcher.connectionState, 'connected');
  assert.equal(watcher.iceConnectionState, 'completed');
  assert.equal(watcher.lastSequence, 7);
  assert.equal(candidates.length, 2);
  assert.deepEqual(JSON.parse(JSON.stringify(candidates[0])), { candidate: 'candidate:1', sdpMid: '0' });
  assert.equal(candidates[1], null);
});

test('a watcher does not accept a gap', async (t) => {
  const client = await serve(t, {
    EventService: {
      WatchEvents: (call) => {
        call.write(event(1, {}));
        call.write(event(3, {}));
        call.end();
      },
    },
  });
  await assert.rejects(new Watcher(client, 'pc', () => {}).ended, /event 3 followed 1/);
});

const channel = (dataChannelId, readyState) => ({ dataChannelId, readyState: `DATA_CHANNEL_STATE_${readyState}` });

// A service whose browser sends back each message, changed by `change`.
const echoingService = (t, change) =>
  serve(t, {
    DataChannelService: {
      Stream: (call) => {
        call.on('data', ({ open, message }) => {
          if (open) {
            call.write({ opened: { dataChannels: [channel('ours', 'CONNECTING')] } });
            call.write({ dataChannel: channel('ours', 'OPEN') });
            call.write({ message: { dataChannelId: 'theirs', message: { text: 'ping' } } });
          }
          if (message?.dataChannelId === 'ours') call.write({ message: { ...message, message: change(message.message) } });
        });
      },
    },
  });

test('echoes are compared, and what comes on other channels is sent back', async (t) => {
  const echo = new Echo(await echoingService(t, (message) => message), 'pc', 'ours');
  t.after(() => echo.close());
  await until('echoes', () => echo.matched === GREETINGS.length && echo.echoed === 1);
  assert.equal(echo.mismatched, 0);
});

test('an echo that was changed is told', async (t) => {
  const echo = new Echo(await echoingService(t, () => ({ text: 'something else' })), 'pc', 'ours');
  t.after(() => echo.close());
  await until('echoes', () => echo.mismatched === GREETINGS.length);
  assert.equal(echo.matched, 0);
});
