// As consumer.mts, for require().
import client = require('@peerconnectiond/client');
import w3c = require('@peerconnectiond/client/w3c');

export const made = (): client.Client => new client.Client({ address: 'localhost:1' });
export const state = (connection: w3c.RTCPeerConnection): string => connection.connectionState;
