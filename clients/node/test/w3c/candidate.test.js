// W3C WebRTC 1.0, 4.8: RTCIceCandidate; 4.6: RTCSessionDescription.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as sdpView from '../../dist/w3c/sdp_view.js';
import { IceCore } from '../../dist/w3c/transports.js';
import { RTCIceCandidate, RTCSessionDescription } from '../../esm/w3c.mjs';

const PARSED = ['foundation', 'component', 'priority', 'address', 'protocol', 'port', 'type', 'tcpType', 'relatedAddress', 'relatedPort'];

describe('RTCIceCandidate', () => {
  test('parses a candidate into its attributes', () => {
    const candidate = new RTCIceCandidate({
      candidate: 'candidate:842163049 1 udp 1677729535 203.0.113.7 51012 typ srflx raddr 10.0.0.5 rport 5000 generation 0 ufrag ab12',
      sdpMid: '0',
    });
    assert.deepEqual(PARSED.map((name) => candidate[name]),
      ['842163049', 'rtp', 1677729535, '203.0.113.7', 'udp', 51012, 'srflx', null, '10.0.0.5', 5000]);
    assert.equal(candidate.usernameFragment, 'ab12');
    assert.equal(candidate.sdpMLineIndex, null);
    assert.equal(candidate.relayProtocol, null);
    assert.equal(candidate.url, null);
  });

  test('tells RTCP, TCP and its types apart', () => {
    const of = (line) => new RTCIceCandidate({ candidate: line, sdpMLineIndex: 0 });
    assert.equal(of('candidate:1 2 UDP 1 ::1 9 typ host').component, 'rtcp');
    assert.equal(of('candidate:1 2 UDP 1 ::1 9 typ host').protocol, 'udp');
    assert.equal(of('candidate:1 1 tcp 1 192.0.2.1 9 typ host tcptype active').tcpType, 'active');
    assert.equal(of('candidate:1 1 tcp 1 192.0.2.1 9 typ host tcptype other').tcpType, null);
    assert.equal(of('a=candidate:1 1 udp 1 abcd.local 9 typ prflx').address, 'abcd.local');
  });

  test('what does not parse is kept and leaves the parsed attributes null', () => {
    for (const line of ['', 'nonsense', 'candidate:1 1 udp x 192.0.2.1 9 typ host', 'candidate:1 3 udp 1 192.0.2.1 9 typ host',
      'candidate:1 1 udp 1 192.0.2.1 99999 typ host', 'candidate:1 1 udp 1 192.0.2.1 9 typ other', 'candidate:1 1 udp 1']) {
      const candidate = new RTCIceCandidate({ candidate: line, sdpMid: 'a' });
      assert.equal(candidate.candidate, line);
      assert.deepEqual(PARSED.map((name) => candidate[name]), PARSED.map(() => null), line);
    }
  });

  test('needs a mid or an index', () => {
    assert.throws(() => new RTCIceCandidate(), TypeError);
    assert.throws(() => new RTCIceCandidate({ candidate: 'x', sdpMid: null, sdpMLineIndex: null }), TypeError);
    assert.throws(() => new RTCIceCandidate('x'), TypeError);
    assert.equal(new RTCIceCandidate({ sdpMid: '' }).sdpMid, '');
    assert.equal(new RTCIceCandidate({ sdpMLineIndex: 65537 }).sdpMLineIndex, 1);
  });

  test('what a local candidate was gathered with: a protocol of the enumeration, a URL', () => {
    const of = (init) => new RTCIceCandidate({ sdpMid: '0', ...init });
    for (const relayProtocol of ['udp', 'tcp', 'tls', null]) assert.equal(of({ relayProtocol }).relayProtocol, relayProtocol);
    for (const relayProtocol of ['', 'sctp', 3]) assert.throws(() => of({ relayProtocol }), TypeError, `${relayProtocol}`);
    assert.deepEqual([of({ url: '' }).url, of({ url: null }).url, of({ url: 'turn:x' }).url], ['', null, 'turn:x']);
  });

  test('toJSON has the four members of the init dictionary, and makes the same again', () => {
    const init = { candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host', sdpMid: 'x', sdpMLineIndex: 2, usernameFragment: 'uf' };
    const candidate = new RTCIceCandidate(init);
    assert.deepEqual(candidate.toJSON(), init);
    assert.deepEqual(JSON.parse(JSON.stringify(new RTCIceCandidate(candidate))), init);
  });
});

describe('what is read from descriptions', () => {
  const { cnameOf, fragments, headerExtensionsOf, sections } = sdpView;
  const SDP = ['v=0', 'a=ice-ufrag:one', 'm=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=mid:a', 'a=extmap:1 urn:both', 'a=extmap:2/sendonly urn:sent',
    'a=extmap:3/recvonly urn:received', 'a=extmap:4/inactive urn:none', 'a=ssrc:7 msid:x y', 'a=ssrc:7 cname:name of it',
    'm=video 9 UDP/TLS/RTP/SAVPF 96', 'a=mid:v', 'a=ice-ufrag:two', ''].join('\r\n');

  test('extensions of a direction', () => {
    const [section] = sections(SDP);
    assert.deepEqual(headerExtensionsOf(section, true), [{ uri: 'urn:both', id: 1, encrypted: false }, { uri: 'urn:sent', id: 2, encrypted: false }]);
    assert.deepEqual(headerExtensionsOf(section, false).map(({ uri }) => uri), ['urn:both', 'urn:received']);
  });

  test('the name of its sources', () => {
    assert.equal(cnameOf(SDP), 'name of it');
    assert.equal(cnameOf('v=0\r\n'), undefined);
  });

  test('the generations that a candidate may be of', () => {
    assert.deepEqual(fragments(SDP, 'a', null), ['one']);
    assert.deepEqual(fragments(SDP, null, 1), ['two']);
    assert.deepEqual(fragments(SDP, null, null), ['one', 'two']);
    assert.deepEqual(fragments(SDP.replace('a=ice-ufrag:one\r\n', ''), 'a', null), ['two'], 'that of the transport it shares');
  });

  test('a pair that the transport has no more is none', () => {
    const core = new IceCore({ local: () => null, remote: () => null });
    const seen = [];
    core.object.onselectedcandidatepairchange = () => seen.push(core.object.getSelectedCandidatePair() !== null);
    const candidate = { candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host' };
    const transport = { mids: ['0'], role: 'ICE_ROLE_UNSPECIFIED', gatheringState: 'ICE_GATHERING_STATE_NEW', state: 'ICE_CONNECTION_STATE_CONNECTED' };
    core.state = 'connected';
    for (const selectedCandidatePair of [null, { local: candidate, remote: candidate }, null, null, { local: candidate, remote: candidate }]) {
      for (const tell of core.take({ ...transport, selectedCandidatePair })) tell();
    }
    assert.deepEqual(seen, [true, false, true]);
  });
});

describe('RTCSessionDescription', () => {
  test('has a type, which is required, and an sdp, which is empty by default', () => {
    assert.deepEqual({ ...new RTCSessionDescription({ type: 'offer' }).toJSON() }, { type: 'offer', sdp: '' });
    assert.equal(JSON.stringify(new RTCSessionDescription({ type: 'answer', sdp: 'v=0\r\n' })), '{"type":"answer","sdp":"v=0\\r\\n"}');
    for (const init of [undefined, {}, { sdp: '' }, { type: 'other' }, { type: null }, 3]) {
      assert.throws(() => new RTCSessionDescription(init), TypeError);
    }
    assert.throws(() => new RTCSessionDescription(), TypeError);
  });

  test('converts as Web IDL says', () => {
    assert.equal(new RTCSessionDescription({ type: { toString: () => 'pranswer' }, sdp: 7 }).sdp, '7');
    assert.throws(() => new RTCSessionDescription({ type: 'offer', sdp: Symbol('x') }), TypeError);
  });
});
