// A way to the service on which unary calls overtake each other, and may get lost: a proxy of whole calls.
import grpc from '@grpc/grpc-js';
import { serviceOf } from '../dist/definition.js';

const SERVICES = ['PeerConnectionService', 'MediaService', 'DataChannelService', 'EventService', 'AdminService'];
const same = (bytes) => bytes;

// mulberry32: the same sequence each time.
function randomFrom(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * @param {import('node:test').TestContext} t
 * @param {string} address Of the service.
 * @param {{maxDelayMs?: number, seed?: number}} [options] Each unary call waits on its way there for up to `maxDelayMs`, and
 *   its answer again; 0: not at all.
 * @returns {Promise<{address: string, arrived: string[], lose: (method: string) => void, hold: () => void, release: () => void}>}
 *   `arrived` has the names of unary methods as they came. `lose`: the next call of a method does not get to the service, and
 *   fails. Between `hold` and `release` no answer gets back.
 */
export async function startGrpcProxy(t, address, { maxDelayMs = 0, seed = 1 } = {}) {
  const random = randomFrom(seed);
  const upstream = new grpc.Client(address, grpc.credentials.createInsecure());
  const server = new grpc.Server();
  const arrived = [];
  const lost = [];
  let held = null;
  let over = false;
  const onTheWay = (then) => (maxDelayMs === 0 ? then() : setTimeout(then, random() * maxDelayMs));
  const back = (then) => (held ? held.push(then) : onTheWay(then));

  const forwardUnary = (name, path) => (call, reply) => {
    arrived.push(name);
    if (lost.includes(name)) {
      lost.splice(lost.indexOf(name), 1);
      reply({ code: grpc.status.RESOURCE_EXHAUSTED, details: 'lost' });
      return;
    }
    onTheWay(() => {
      if (over) return;
      const made = upstream.makeUnaryRequest(path, same, same, call.request, call.metadata, (error, response) => back(() => {
        if (error) reply({ code: error.code, details: error.details, metadata: error.metadata });
        else reply(null, response);
      }));
      call.on('cancelled', () => made.cancel());
    });
  };
  const pipe = (from, to) => {
    from.on('data', (message) => to.write(message));
    from.on('end', () => to.end());
  };
  const end = (call, made) => {
    made.on('error', (error) => call.emit('error', error)); // With its status.
    call.on('cancelled', () => made.cancel());
  };
  const forwardServerStream = (path) => (call) => {
    const made = upstream.makeServerStreamRequest(path, same, same, call.request, call.metadata);
    pipe(made, call);
    end(call, made);
  };
  const forwardBidi = (path) => (call) => {
    const made = upstream.makeBidiStreamRequest(path, same, same, call.metadata);
    pipe(made, call);
    pipe(call, made);
    end(call, made);
  };
  for (const [name, { path, requestStream, responseStream }] of SERVICES.flatMap((service) => Object.entries(serviceOf(service)))) {
    if (requestStream) server.register(path, forwardBidi(path), same, same, 'bidi');
    else if (responseStream) server.register(path, forwardServerStream(path), same, same, 'serverStream');
    else server.register(path, forwardUnary(name, path), same, same, 'unary');
  }
  const port = await new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  t.after(() => {
    over = true;
    server.forceShutdown();
    upstream.close();
  });
  return {
    address: `127.0.0.1:${port}`,
    arrived,
    lose: (method) => lost.push(method),
    hold: () => (held = []),
    release: () => {
      const answers = held ?? [];
      held = null;
      for (const answer of answers) back(answer);
    },
  };
}
