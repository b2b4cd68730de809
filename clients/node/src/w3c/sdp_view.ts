// What the mirror reads from descriptions, and how local candidates get into them.

/** One m-section of a description. */
export interface Section {
  mid: string | null;
  kind: string;
  rejected: boolean;
  lines: string[];
}

export interface CodecView {
  payloadType: number;
  mimeType: string;
  clockRate: number;
  channels?: number;
  sdpFmtpLine?: string;
}

const LINE_END = /\r?\n/;

/** The m-sections, each with the session's ICE attributes before its own. */
export function sections(sdp: string): Section[] {
  const result: Section[] = [];
  const session: string[] = [];
  for (const line of sdp.split(LINE_END)) {
    if (line.startsWith('m=')) {
      const [kind, port] = line.slice(2).split(' ');
      result.push({ mid: null, kind, rejected: port === '0', lines: [line, ...session.filter((l) => l.startsWith('a=ice-'))] });
    } else if (result.length === 0) {
      session.push(line);
    } else if (line !== '') {
      const section = result[result.length - 1];
      section.lines.push(line);
      if (line.startsWith('a=mid:')) section.mid = line.slice('a=mid:'.length);
      if (line === 'a=bundle-only') section.rejected = false;
    }
  }
  return result;
}

/** The last value of an attribute: its own before the session's. */
export function attribute(section: Section, name: string): string | undefined {
  const prefix = `a=${name}:`;
  return section.lines.findLast((line) => line.startsWith(prefix))?.slice(prefix.length);
}

/** The section that a candidate names by mid or, without, by index; undefined: there is none. */
export function sectionOf(sdp: string, mid: string | null, index: number | null): Section | undefined {
  const found = sections(sdp);
  return mid === null ? found[index ?? -1] : found.find((section) => section.mid === mid);
}

/**
 * ICE user name fragments of the section that a candidate names: its own. Those of all sections if it has none, as one that
 * shares another's transport (RFC 8843, 7.1.2), or if the candidate names none.
 */
export function fragments(sdp: string, mid: string | null, index: number | null): string[] {
  const named = sectionOf(sdp, mid, index);
  const own = named && attribute(named, 'ice-ufrag');
  return own === undefined ? sections(sdp).flatMap((section) => attribute(section, 'ice-ufrag') ?? []) : [own];
}

/** Codecs of a section, in order of the m-line. */
export function codecsOf(section: Section): CodecView[] {
  const [kind, , , ...formats] = section.lines[0].slice(2).split(' ');
  const find = (name: string, format: string): string | undefined =>
    section.lines.find((line) => line.startsWith(`a=${name}:${format} `))?.slice(`a=${name}:${format} `.length);
  return formats.flatMap((format) => {
    const map = find('rtpmap', format);
    if (map === undefined) return [];
    const [name, clockRate, channels] = map.split('/');
    const sdpFmtpLine = find('fmtp', format);
    return [{
      payloadType: Number(format), mimeType: `${kind}/${name}`, clockRate: Number(clockRate),
      ...(kind === 'audio' ? { channels: Number(channels ?? 1) } : {}),
      ...(sdpFmtpLine === undefined ? {} : { sdpFmtpLine }),
    }];
  });
}

/** Header extensions of a section, but those that its author said are for the other direction, or for none. */
export function headerExtensionsOf(section: Section, authorSends: boolean): Array<{ uri: string; id: number; encrypted: boolean }> {
  return section.lines.flatMap((line) => {
    const [, id, direction = 'sendrecv', uri] = /^a=extmap:(\d+)(?:\/(\w+))? (\S+)/.exec(line) ?? [];
    const used = direction === 'sendrecv' || direction === (authorSends ? 'sendonly' : 'recvonly');
    return id !== undefined && used ? [{ uri, id: Number(id), encrypted: false }] : [];
  });
}

/** CNAME of the sources that a description announces; undefined: it announces none. */
export const cnameOf = (sdp: string): string | undefined => /^a=ssrc:\d+ cname:(.*?)\r?$/m.exec(sdp)?.[1];

const isCandidateLine = (line: string): boolean => line.startsWith('a=candidate:') || line === 'a=end-of-candidates';

/** A description without the candidates that were not announced yet. */
export function withoutCandidates(sdp: string, announced: ReadonlySet<string>): string {
  const lines = sdp.split(LINE_END);
  return lines.filter((line) => !isCandidateLine(line) || announced.has(line)).join('\r\n');
}

/** A description with one more line at the end of a section; unchanged if there is no such section or it has the line. */
export function withLine(sdp: string, mid: string | null, index: number | null, line: string): string {
  const lines = sdp.split(LINE_END);
  const starts = lines.flatMap((text, i) => (text.startsWith('m=') ? [i] : []));
  const ends = starts.map((_, i) => starts[i + 1] ?? lines.length - (lines[lines.length - 1] === '' ? 1 : 0));
  const which = starts.findIndex((start, i) =>
    mid === null ? i === index : lines.slice(start, ends[i]).includes(`a=mid:${mid}`));
  if (which < 0 || lines.slice(starts[which], ends[which]).includes(line)) return sdp;
  lines.splice(ends[which], 0, line);
  return lines.join('\r\n');
}
