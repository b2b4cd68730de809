// @roamhq/wrtc, libwebrtc in Node.js, as a peer; see README.md for what it is asked.
import wrtc from '@roamhq/wrtc';
import { packageVersion, serve, tell } from '../support/json_lines.js';
import { w3cActions } from './w3c_actions.js';
import { WrtcSources } from './wrtc_sources.js';

const connection = new wrtc.RTCPeerConnection();
const sources = new WrtcSources({ width: 320, height: 240 });

async function publish() {
  const stream = new wrtc.MediaStream();
  for (const kind of ['audio', 'video']) connection.addTrack(sources.track(kind), stream);
}

await serve(packageVersion('@roamhq/wrtc'), w3cActions(connection, { publish, tell }), () => {
  sources.stop();
  connection.close();
});
