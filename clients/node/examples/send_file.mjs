// Sends a file to each page that comes:  node send_file.mjs FILE [--service 127.0.0.1:50051] [--port 8080]
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { connect, RTCPeerConnection } from '@peerconnectiond/client/w3c';
import { answerTo, OPTIONS, serve } from './lib/serve.mjs';

const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
const [file] = positionals;
if (!file) throw new Error('which file?');
const service = await connect(values.service);

const CHUNK_BYTES = 64 << 10;
const HIGH_WATER_BYTES = 1 << 20;

const PAGE = `
connectToNode((connection) => {
  const channel = connection.createDataChannel('file');
  const parts = [];
  let about = null;
  channel.onmessage = ({ data }) => {
    if (about === null) { about = JSON.parse(data); return; }
    parts.push(data);
    const blob = new Blob(parts);
    document.getElementById('log').textContent = blob.size + ' of ' + about.size + ' bytes';
    if (blob.size < about.size) return;
    channel.close();
    globalThis.received = blob;
    const link = document.createElement('a');
    Object.assign(link, { href: URL.createObjectURL(blob), download: about.name, textContent: about.name });
    document.body.append(link);
  };
});`;

async function send(channel) {
  const { size } = await stat(file);
  channel.bufferedAmountLowThreshold = HIGH_WATER_BYTES / 2;
  channel.send(JSON.stringify({ name: basename(file), size }));
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
    if (channel.readyState !== 'open') return;
    channel.send(chunk);
    if (channel.bufferedAmount < HIGH_WATER_BYTES) continue;
    await new Promise((resolve) => {
      for (const type of ['bufferedamountlow', 'close']) channel.addEventListener(type, resolve, { once: true });
    });
  }
}

const server = await serve(Number(values.port), PAGE, async (offer) => {
  const connection = new RTCPeerConnection();
  connection.ondatachannel = ({ channel }) => {
    channel.onclose = () => connection.close();
    send(channel).catch((error) => {
      console.log(error.message);
      connection.close();
    });
  };
  return answerTo(connection, offer);
});
console.log(`open http://127.0.0.1:${server.address().port}/`);

process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  service.close();
});
