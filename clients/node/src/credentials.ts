// How the client proves itself, and whom it trusts.
import * as grpc from '@grpc/grpc-js';

/** TLS of the connection to the service; all in PEM. */
export interface TlsOptions {
  /** Certificates that the service's certificate may stem from. Unset: those of the system. */
  ca?: Buffer | string;
  /** Our certificate chain, for mutual TLS; together with `key`. */
  cert?: Buffer | string;
  /** Our private key. */
  key?: Buffer | string;
  /** Name expected in the service's certificate, if it is not the host of the address. */
  serverName?: string;
}

/** The bearer token of each call, fixed or asked for anew (it may be short-lived). */
export type Token = string | (() => string | Promise<string>);

/** Says who we are. */
export interface SecurityOptions {
  tls?: TlsOptions | boolean;
  token?: Token;
  credentials?: grpc.ChannelCredentials;
}

const bytes = (pem: Buffer | string | undefined): Buffer | null =>
  pem === undefined ? null : typeof pem === 'string' ? Buffer.from(pem) : pem;

function callCredentials(token: Token): grpc.CallCredentials {
  return grpc.credentials.createFromMetadataGenerator((_, callback) => {
    Promise.resolve()
      .then(() => (typeof token === 'function' ? token() : token))
      .then((value) => {
        const metadata = new grpc.Metadata();
        metadata.set('authorization', `Bearer ${value}`);
        callback(null, metadata);
      })
      .catch((error: Error) => callback(error));
  });
}

/** Channel credentials of these options: plaintext, TLS, mutual TLS, with or without token. */
export function channelCredentials({ tls, token, credentials }: SecurityOptions): grpc.ChannelCredentials {
  if (credentials && tls) throw new TypeError('credentials and tls exclude each other');
  const { ca, cert, key } = typeof tls === 'object' ? tls : ({} as TlsOptions);
  if ((cert === undefined) !== (key === undefined)) throw new TypeError('tls: cert and key belong together');
  const channel =
    credentials ?? (tls ? grpc.credentials.createSsl(bytes(ca), bytes(key), bytes(cert)) : grpc.credentials.createInsecure());
  if (token === undefined) return channel;
  // A token in the clear is a token given away.
  if (!tls && !credentials) throw new TypeError('token: needs tls');
  return grpc.credentials.combineChannelCredentials(channel, callCredentials(token));
}

/** Options of the channel that the same options ask for. */
export function channelOptions({ tls }: SecurityOptions): grpc.ChannelOptions {
  const serverName = typeof tls === 'object' ? tls.serverName : undefined;
  return serverName ? { 'grpc.ssl_target_name_override': serverName, 'grpc.default_authority': serverName } : {};
}
