// Pion as a peer; see ../README.md for what it is asked. It passes media on and does not encode.
//
// Debian packages Pion for GOPATH mode, where v3 is found without its "/v3".
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"

	"github.com/pion/webrtc"
)

type message struct {
	Text   *string `json:"text,omitempty"`
	Base64 string  `json:"base64,omitempty"`
}

type request struct {
	ID        int                      `json:"id"`
	Do        string                   `json:"do"`
	Label     string                   `json:"label"`
	Offers    bool                     `json:"offers"`
	Messages  []message                `json:"messages"`
	SDP       string                   `json:"sdp"`
	Candidate *webrtc.ICECandidateInit `json:"candidate"`
}

type object map[string]interface{}

var output sync.Mutex

func write(line object) {
	output.Lock()
	defer output.Unlock()
	if err := json.NewEncoder(os.Stdout).Encode(line); err != nil {
		os.Exit(1)
	}
}

func tell(event string, details object) {
	details["event"] = event
	write(details)
}

func tellMessage(label string, received webrtc.DataChannelMessage) {
	if received.IsString {
		tell("message", object{"label": label, "text": string(received.Data)})
	} else {
		tell("message", object{"label": label, "base64": base64.StdEncoding.EncodeToString(received.Data)})
	}
}

type peer struct {
	connection *webrtc.PeerConnection
	sockets    []net.PacketConn
	received   map[webrtc.RTPCodecType]*int64 // Packets.
}

func newPeer() (*peer, error) {
	connection, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, err
	}
	connection.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		tell("state", object{"state": state.String()})
	})
	connection.OnICECandidate(func(candidate *webrtc.ICECandidate) {
		if candidate == nil {
			tell("candidate", object{"candidate": nil})
		} else {
			tell("candidate", object{"candidate": candidate.ToJSON()})
		}
	})
	connection.OnDataChannel(func(channel *webrtc.DataChannel) {
		channel.OnMessage(func(received webrtc.DataChannelMessage) {
			tellMessage(channel.Label(), received)
			if received.IsString {
				_ = channel.SendText(string(received.Data))
			} else {
				_ = channel.Send(received.Data)
			}
		})
	})
	received := map[webrtc.RTPCodecType]*int64{webrtc.RTPCodecTypeAudio: new(int64), webrtc.RTPCodecTypeVideo: new(int64)}
	return &peer{connection: connection, received: received}, nil
}

// addTrack adds a track whose packets come from a port of loopback.
func (p *peer) addTrack(kind, mimeType string) (int, error) {
	track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: mimeType}, kind, "pion")
	if err != nil {
		return 0, err
	}
	sender, err := p.connection.AddTrack(track)
	if err != nil {
		return 0, err
	}
	go func() { // Interceptors see RTCP only if somebody reads it.
		for buffer := make([]byte, 1500); ; {
			if _, _, err := sender.Read(buffer); err != nil {
				return
			}
		}
	}()
	socket, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	p.sockets = append(p.sockets, socket)
	go func() {
		for buffer := make([]byte, 1500); ; {
			n, _, err := socket.ReadFrom(buffer)
			if err != nil {
				return
			}
			_, _ = track.Write(buffer[:n]) // What is lost is missed at the sink.
		}
	}()
	return socket.LocalAddr().(*net.UDPAddr).Port, nil
}

func (p *peer) publish() (object, error) {
	audio, err := p.addTrack("audio", webrtc.MimeTypeOpus)
	if err != nil {
		return nil, err
	}
	video, err := p.addTrack("video", webrtc.MimeTypeVP8)
	return object{"feed": object{"audio": audio, "video": video}}, err
}

// receive counts the packets that come.
func (p *peer) receive(offers bool) error {
	p.connection.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		for {
			if _, _, err := track.ReadRTP(); err != nil {
				return
			}
			atomic.AddInt64(p.received[track.Kind()], 1)
		}
	})
	for kind := range p.received {
		if !offers {
			break
		}
		init := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}
		if _, err := p.connection.AddTransceiverFromKind(kind, init); err != nil {
			return err
		}
	}
	return nil
}

func (p *peer) packets() object {
	counts := object{}
	for kind, count := range p.received {
		counts[kind.String()] = atomic.LoadInt64(count)
	}
	return object{"packets": counts}
}

func (p *peer) openChannel(label string, messages []message) error {
	channel, err := p.connection.CreateDataChannel(label, nil)
	if err != nil {
		return err
	}
	channel.OnMessage(func(received webrtc.DataChannelMessage) { tellMessage(label, received) })
	channel.OnOpen(func() {
		for _, m := range messages {
			if m.Text != nil {
				_ = channel.SendText(*m.Text)
			} else if bytes, err := base64.StdEncoding.DecodeString(m.Base64); err == nil {
				_ = channel.Send(bytes)
			}
		}
	})
	return nil
}

func (p *peer) describe(description webrtc.SessionDescription, err error) (object, error) {
	if err == nil {
		err = p.connection.SetLocalDescription(description)
	}
	return object{"sdp": description.SDP}, err
}

func (p *peer) act(r request) (object, error) {
	switch r.Do {
	case "publish":
		return p.publish()
	case "receive":
		return object{}, p.receive(r.Offers)
	case "received":
		return p.packets(), nil
	case "channel":
		return object{}, p.openChannel(r.Label, r.Messages)
	case "offer":
		return p.describe(p.connection.CreateOffer(nil))
	case "answer":
		offer := webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: r.SDP}
		if err := p.connection.SetRemoteDescription(offer); err != nil {
			return nil, err
		}
		return p.describe(p.connection.CreateAnswer(nil))
	case "accept":
		answer := webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: r.SDP}
		return object{}, p.connection.SetRemoteDescription(answer)
	case "candidate":
		if r.Candidate == nil { // Pion takes no end.
			return object{}, nil
		}
		return object{}, p.connection.AddICECandidate(*r.Candidate)
	case "stop":
		return object{}, nil
	}
	return nil, fmt.Errorf("nobody knows %q", r.Do)
}

func main() {
	p, err := newPeer()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	tell("ready", object{"version": "Pion " + os.Args[1]})
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r request
		answer := object{}
		if err = json.Unmarshal(lines.Bytes(), &r); err == nil {
			answer, err = p.act(r)
		}
		if err != nil {
			answer = object{"error": err.Error()}
		}
		answer["id"] = r.ID
		write(answer)
	}
	for _, socket := range p.sockets {
		_ = socket.Close()
	}
	_ = p.connection.Close()
}
