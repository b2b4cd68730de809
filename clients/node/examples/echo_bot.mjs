// Sends back whatever comes on any data channel:  node echo_bot.mjs [--service 127.0.0.1:50051] [--port 8080]
import { parseArgs } from 'node:util';
import { connect, RTCPeerConnection } from '@peerconnectiond/client/w3c';
import { answerTo, OPTIONS, serve } from './lib/serve.mjs';

const { values } = parseArgs({ options: OPTIONS });
const service = await connect(values.service);

const PAGE = `
connectToNode((connection) => {
  const channel = connection.createDataChannel('echo');
  channel.onopen = () => channel.send('hello');
  channel.onmessage = ({ data }) => (document.getElementById('log').textContent += data + '\\n');
});`;

function echo(channel) {
  // A remote that sends and never reads must not fill our memory: what does not fit ends the conversation.
  channel.onmessage = ({ data }) => {
    try {
      channel.send(data);
    } catch (error) {
      console.log(`${channel.label}: ${error.message}`);
      channel.close();
    }
  };
}

const server = await serve(Number(values.port), PAGE, async (offer) => {
  const connection = new RTCPeerConnection();
  connection.ondatachannel = ({ channel }) => echo(channel);
  connection.onconnectionstatechange = () => {
    console.log(connection.connectionState);
    if (['failed', 'disconnected'].includes(connection.connectionState)) connection.close();
  };
  return answerTo(connection, offer);
});
console.log(`open http://127.0.0.1:${server.address().port}/`);

process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  service.close();
});
