// The perfect negotiation example of W3C WebRTC 1.0, 10.7. It runs at both ends (test/perfect.test.js). One line differs from the example: whether
// a candidate's failure is expected is decided when it comes, because Chromium tells of the failure later, and the next
// description may have come by then.

/**
 * @param {RTCPeerConnection} pc
 * @param {{send: (message: object) => void, onmessage?: Function, errors: string[]}} signaler
 * @param {boolean} polite
 */
export function perfectNegotiation(pc, signaler, polite) {
  let makingOffer = false;
  let ignoreOffer = false;
  let isSettingRemoteAnswerPending = false;

  // send any ice candidates to the other peer
  pc.onicecandidate = ({ candidate }) => signaler.send({ candidate });

  // let the "negotiationneeded" event trigger offer generation
  pc.onnegotiationneeded = async () => {
    try {
      makingOffer = true;
      await pc.setLocalDescription();
      signaler.send({ description: pc.localDescription });
    } catch (err) {
      signaler.errors.push(`${err}`);
    } finally {
      makingOffer = false;
    }
  };

  signaler.onmessage = async ({ data: { description, candidate } }) => {
    try {
      if (description) {
        // An offer may come in while we are busy processing SRD(answer).
        // In this case, we will be in "stable" by the time the offer is processed
        // so it is safe to chain it on our Operations Chain now.
        const readyForOffer =
          !makingOffer &&
          (pc.signalingState == 'stable' || isSettingRemoteAnswerPending);
        const offerCollision = description.type == 'offer' && !readyForOffer;

        ignoreOffer = !polite && offerCollision;
        if (ignoreOffer) {
          return;
        }
        isSettingRemoteAnswerPending = description.type == 'answer';
        await pc.setRemoteDescription(description); // SRD rolls back as needed
        isSettingRemoteAnswerPending = false;
        if (description.type == 'offer') {
          await pc.setLocalDescription();
          signaler.send({ description: pc.localDescription });
        }
      } else {
        const ofIgnoredOffer = ignoreOffer;
        try {
          await pc.addIceCandidate(candidate);
        } catch (err) {
          if (!ofIgnoredOffer) throw err; // Suppress ignored offer's candidates
        }
      }
    } catch (err) {
      signaler.errors.push(`${err}`);
    }
  };
}
