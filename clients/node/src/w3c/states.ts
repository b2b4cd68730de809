// The enumerations of WebRTC 1.0 that attributes show, by W3C's names.

export type RTCSignalingState =
  'closed' | 'have-local-offer' | 'have-local-pranswer' | 'have-remote-offer' | 'have-remote-pranswer' | 'stable';
export type RTCIceGatheringState = 'complete' | 'gathering' | 'new';
export type RTCIceConnectionState = 'checking' | 'closed' | 'completed' | 'connected' | 'disconnected' | 'failed' | 'new';
export type RTCPeerConnectionState = 'closed' | 'connected' | 'connecting' | 'disconnected' | 'failed' | 'new';
export type RTCIceTransportState = RTCIceConnectionState;
export type RTCIceGathererState = RTCIceGatheringState;
export type RTCIceRole = 'controlled' | 'controlling' | 'unknown';
export type RTCIceComponent = 'rtcp' | 'rtp';
export type RTCIceProtocol = 'tcp' | 'udp';
export type RTCIceCandidateType = 'host' | 'prflx' | 'relay' | 'srflx';
export type RTCIceTcpCandidateType = 'active' | 'passive' | 'so';
export type RTCDtlsTransportState = 'closed' | 'connected' | 'connecting' | 'failed' | 'new';
export type RTCSctpTransportState = 'closed' | 'connected' | 'connecting';
