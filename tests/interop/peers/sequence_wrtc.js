// The end of the sequence player that is @roamhq/wrtc: `act` calls a method of `sequenceEnd`.
import wrtc from '@roamhq/wrtc';
import { packageVersion, serve } from '../support/json_lines.js';
import { sequenceEnd } from './sequence_end.js';
import { WrtcSources } from './wrtc_sources.js';

const sources = new WrtcSources({ width: 64, height: 48 });
const end = sequenceEnd(new wrtc.RTCPeerConnection(), {
  makeTrack: (kind) => sources.track(kind), stream: new wrtc.MediaStream(), explicit: true,
});
await serve(packageVersion('@roamhq/wrtc'), {
  act: async ({ what, args }) => ({ result: await end[what](...args) }),
}, () => {
  sources.stop();
  end.close();
});
