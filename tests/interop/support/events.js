// All events of one connection, for tests that look at more than its states.

/** Collects events until the test ends. */
export class EventLog {
  events = [];

  /**
   * @param {import('node:test').TestContext} t
   * @param {import('../../../clients/node/dist/index.js').Client} client
   * @param {string} peerConnectionId
   */
  constructor(t, client, peerConnectionId) {
    const stream = client.events.watchEvents({ peerConnectionIds: [peerConnectionId], resumeAfter: { [peerConnectionId]: 0 } });
    const run = async () => {
      for await (const { response, event } of stream) {
        if (response === 'event') this.events.push(event);
      }
    };
    run().catch((error) => (this.error = error));
    t.after(() => stream.cancel());
  }

  /** What the events of one kind carry. @param {string} name Such as `iceCandidateError`. */
  of(name) {
    return this.events.filter(({ event }) => event === name).map((event) => event[name]);
  }
}
