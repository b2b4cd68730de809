// W3C WebRTC 1.0, 4.2 and 4.4.1.6: RTCConfiguration, getConfiguration, setConfiguration; 4.9: certificates.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RTCPeerConnection, RTCRtpReceiver, RTCRtpSender } from '../../esm/w3c.mjs';
import { connectedPair, makeConnection, makePair, negotiate, once, reaches, record, useService } from '../../testing/w3c.js';

const TIMEOUT = { timeout: 60_000 };

describe('configuration', () => {
  useService();

  test('getConfiguration returns the configuration with all defaults, as a copy', (t) => {
    const connection = makeConnection(t);
    const expected = {
      bundlePolicy: 'balanced', certificates: [], iceCandidatePoolSize: 0, iceServers: [], iceTransportPolicy: 'all', rtcpMuxPolicy: 'require',
    };
    const first = connection.getConfiguration();
    assert.deepEqual(first, expected);
    first.iceServers.push({ urls: 'stun:x' });
    assert.deepEqual(connection.getConfiguration(), expected);
    assert.equal(makeConnection(t, { bundlePolicy: 'max-bundle' }).getConfiguration().bundlePolicy, 'max-bundle');
  });

  test('values that do not convert are TypeErrors', () => {
    for (const configuration of [
      3, { bundlePolicy: 'other' }, { iceTransportPolicy: 'none' }, { rtcpMuxPolicy: 'negotiate' }, { iceCandidatePoolSize: 256 },
      { iceCandidatePoolSize: -1 }, { iceServers: {} }, { iceServers: [{}] }, { certificates: [{}] }, { iceServers: 'stun:x' },
      { bundlePolicy: null }, { iceTransportPolicy: null }, { rtcpMuxPolicy: null }, { iceServers: null }, { certificates: null },
    ]) {
      assert.throws(() => new RTCPeerConnection(configuration), TypeError, JSON.stringify(configuration));
    }
  });

  test('URLs of ICE servers that are malformed are SyntaxErrors', () => {
    for (const urls of ['', 'x', 'http://192.0.2.1', 'stun:', 'stun:host:99999', 'stun:host?transport=udp', 'turn:host?transport=x', []]) {
      assert.throws(() => new RTCPeerConnection({ iceServers: [{ urls, username: 'u', credential: 'c' }] }), { name: 'SyntaxError' }, `${urls}`);
    }
  });

  test('the bundle policy reaches the service', async (t) => {
    for (const bundlePolicy of ['balanced', 'max-compat', 'max-bundle']) {
      const connection = makeConnection(t, { bundlePolicy });
      connection.addTransceiver('audio');
      connection.addTransceiver('video');
      const { sdp } = await connection.createOffer();
      assert.equal(/^a=bundle-only/m.test(sdp), bundlePolicy !== 'max-compat');
    }
  });

  test('servers over TLS are taken as W3C has it; each gathering tells of each once', TIMEOUT, async (t) => {
    const urls = ['stuns:192.0.2.1', 'turns:host.invalid', 'TURNS:host.invalid:443?transport=tcp'];
    const [a, b] = makePair(t, { iceServers: [{ urls: [...urls, urls[0]], username: 'u', credential: 'c' }] });
    assert.deepEqual(a.getConfiguration().iceServers[0].urls, [...urls, urls[0]]);
    const errors = [];
    a.addEventListener('icecandidateerror', (event) => {
      assert.equal(a.iceGatheringState, 'gathering');
      errors.push(event);
    });
    const opened = once(a.createDataChannel('x'), 'open');
    await negotiate(a, b);
    await opened; // By host candidates.
    await reaches(a, 'icegatheringstatechange', 'iceGatheringState', 'complete');
    assert.deepEqual(errors.map(({ url, errorCode, address, port }) => [url, errorCode, address, port]),
      urls.map((url) => [url, 701, null, null]));
    for (const { errorText } of errors) assert.match(errorText, /TLS to STUN and TURN servers is not implemented/);
    a.restartIce();
    const again = once(a, 'icegatheringstatechange');
    await negotiate(a, b);
    await again;
    await reaches(a, 'icegatheringstatechange', 'iceGatheringState', 'complete');
    assert.equal(errors.length, 2 * urls.length);
  });

  test('servers that are given later are used from the next offer on, which restarts ICE', TIMEOUT, async (t) => {
    const { a, b, ours, theirs } = await connectedPair(t);
    const fragmentOf = ({ sdp }) => /a=ice-ufrag:(.*)\r/.exec(sdp)[1];
    const before = fragmentOf(a.localDescription);
    assert.match(a.localDescription.sdp, /^a=ice-lite\r$/m);
    // Full ICE only has servers, whether they can be asked or not.
    a.setConfiguration({ iceServers: [{ urls: 'turns:host.invalid', username: 'u', credential: 'c' }] });
    const states = record(a, ['iceconnectionstatechange', 'connectionstatechange'], () => `${a.iceConnectionState} ${a.connectionState}`);
    const failed = once(a, 'icecandidateerror');
    const moved = once(a.sctp.transport.iceTransport, 'selectedcandidatepairchange');
    await negotiate(a, b);
    assert.notEqual(fragmentOf(a.localDescription), before);
    assert.doesNotMatch(a.localDescription.sdp, /ice-lite/);
    assert.equal((await failed).errorCode, 701);
    await moved;
    const message = once(theirs, 'message');
    ours.send('by the new pair');
    assert.equal((await message).data, 'by the new pair');
    assert.ok(states.every((state) => !/disconnected|failed/.test(state)), `${states}`);
  });

  test('what is wrong with servers over TLS is told as of others', () => {
    assert.throws(() => new RTCPeerConnection({ iceServers: [{ urls: 'turns:host?x' }] }), { name: 'SyntaxError' });
    assert.throws(() => new RTCPeerConnection({ iceServers: [{ urls: 'stuns:host?transport=tcp' }] }), { name: 'SyntaxError' });
    assert.throws(() => new RTCPeerConnection({ iceServers: [{ urls: 'turns:host', username: 'u' }] }), { name: 'InvalidAccessError' });
  });

  test('more servers than are supported are cut off, unchecked, and so are more URLs', async (t) => {
    const urls = Array.from({ length: 70 }, (_, i) => `stun:192.0.2.${i + 1}`);
    const many = makeConnection(t, { iceServers: [...urls.slice(0, 32).map((url) => ({ urls: url })), { urls: 'nonsense' }] });
    assert.deepEqual(many.getConfiguration().iceServers, urls.slice(0, 32).map((url) => ({ urls: url })));
    assert.equal((await many.createOffer()).type, 'offer');
    const long = makeConnection(t, { iceServers: [{ urls: urls.slice(0, 40) }, { urls: urls.slice(40) }, { urls: 'stun:192.0.2.99' }] });
    assert.equal(long.getConfiguration().iceServers.length, 3);
    assert.equal((await long.createOffer()).type, 'offer');
  });

  test('a candidate pool is taken, and may change until the first local description', TIMEOUT, async (t) => {
    const [a, b] = makePair(t, { iceCandidatePoolSize: 10 });
    const opened = once(a.createDataChannel('x'), 'open');
    a.setConfiguration({ iceCandidatePoolSize: 255 });
    assert.equal(a.getConfiguration().iceCandidatePoolSize, 255);
    await negotiate(a, b);
    await opened;
    assert.throws(() => a.setConfiguration({ iceCandidatePoolSize: 1 }), { name: 'InvalidModificationError' });
    a.setConfiguration({ iceCandidatePoolSize: 255 });
    await a.createOffer();
  });

  test('TURN without credentials is an InvalidAccessError', () => {
    for (const server of [{ urls: 'turn:192.0.2.1' }, { urls: ['turn:host:443'], username: 'u' }, { urls: 'turn:h', credential: 'c' }]) {
      assert.throws(() => new RTCPeerConnection({ iceServers: [server] }), { name: 'InvalidAccessError' });
    }
  });

  test('setConfiguration refuses what is fixed at creation', (t) => {
    const connection = makeConnection(t);
    for (const change of [{ bundlePolicy: 'max-bundle' }, { bundlePolicy: 'max-compat' }]) {
      assert.throws(() => connection.setConfiguration(change), { name: 'InvalidModificationError' });
    }
    assert.throws(() => connection.setConfiguration({ iceServers: [{ urls: 'turn:h' }] }), { name: 'InvalidAccessError' });
    assert.equal(connection.getConfiguration().bundlePolicy, 'balanced');
    connection.close();
    assert.throws(() => connection.setConfiguration({}), { name: 'InvalidStateError' });
  });

  test('algorithms that are not offered are NotSupportedErrors', async () => {
    for (const algorithm of ['AES', { name: 'ECDSA', namedCurve: 'P-521' }, { name: 'RSASSA-PKCS1-v1_5', modulusLength: 1024 }]) {
      await assert.rejects(RTCPeerConnection.generateCertificate(algorithm), { name: 'NotSupportedError' });
    }
    await assert.rejects(RTCPeerConnection.generateCertificate(), TypeError);
    await assert.rejects(RTCPeerConnection.generateCertificate({}), TypeError);
    for (const expires of [NaN, -1, Infinity, 'soon', 2 ** 53]) {
      await assert.rejects(RTCPeerConnection.generateCertificate({ name: 'ECDSA', namedCurve: 'P-256', expires }), TypeError, `${expires}`);
    }
  });

  test('capabilities of a kind that does not exist are null', () => {
    assert.equal(RTCRtpSender.getCapabilities('text'), null);
    assert.equal(RTCRtpReceiver.getCapabilities('Audio'), null);
    assert.throws(() => RTCRtpSender.getCapabilities(), TypeError);
  });
});
