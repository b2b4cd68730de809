#include "engine/ice/nice_loop.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/packet.h"

namespace pcd::ice {
namespace {

using std::chrono::milliseconds;

// Each turn visits all timers of all agents, so turns are as rare as their purpose allows.
constexpr Duration kIdlePace = milliseconds(50);
constexpr Duration kCheckingPace = milliseconds(5);
// GLib may start timers without our knowledge; never sleep longer than this.
constexpr Duration kLongestSleep = milliseconds(500);
// Dispatching may make further sources ready; bounded so that no agent holds the loop.
constexpr int kMaxRoundsPerTurn = 8;
// Of the context: its own wake-up, and some to spare.
constexpr size_t kMaxDescriptors = 8;
constexpr int kMaxReadsForClosing = 8;

}  // namespace

NiceLoop::NiceLoop(net::Loop& loop)
    : loop_(loop),
      context_(g_main_context_new()),
      timer_(loop.CreateTimer([this] { OnTimer(); })) {}

NiceLoop::~NiceLoop() {
  closing_.clear();
  g_main_context_unref(context_);
}

void NiceLoop::Poke() { ScheduleAt(loop_.Now() + Pace()); }

void NiceLoop::AddChecking(int change) {
  checking_ += change;
  if (change > 0) Poke();
}

void NiceLoop::Release(NiceAgentPtr agent, std::shared_ptr<void> needed) {
  Closing& closing = closing_.emplace_back(Closing{this, std::move(needed), std::move(agent)});
  // The result is delivered to the thread's default context, which has to be ours.
  g_main_context_push_thread_default(context_);
  nice_agent_close_async(closing.agent.get(), &NiceLoop::OnAgentClosed, &closing);
  g_main_context_pop_thread_default(context_);
  Turn();
  if (!closing_.empty()) {
    keep_alive_ = shared_from_this();
    Poke();
  }
}

void NiceLoop::OnAgentClosed(GObject*, GAsyncResult*, gpointer closing) {
  static_cast<Closing*>(closing)->done = true;
}

void NiceLoop::OnTimer() {
  scheduled_ = kNever;
  const std::shared_ptr<NiceLoop> self = shared_from_this();
  const Duration next = Turn();
  if (closing_.empty()) keep_alive_.reset();
  ScheduleAt(loop_.Now() + std::clamp(next, Pace(), kLongestSleep));
}

// Its last words are with the relays: their answers end it early.
void NiceLoop::ReadForClosing() {
  std::array<uint8_t, Packet::kCapacity> bytes;
  for (const Closing& closing : closing_) {
    for (int i = 0; i < kMaxReadsForClosing; ++i) {
      GInputVector buffer{bytes.data(), bytes.size()};
      NiceInputMessage message{};
      message.buffers = &buffer;
      message.n_buffers = 1;
      if (nice_agent_recv_messages_nonblocking(closing.agent.get(), 1, 1, &message, 1, nullptr,
                                               nullptr) <= 0) {
        break;
      }
    }
  }
}

Duration NiceLoop::Turn() {
  // What g_main_context_iteration does, without its poll: the only descriptor in the context is its
  // own wake-up.
  ReadForClosing();
  gint timeout_ms = 0;
  if (g_main_context_acquire(context_) == FALSE) return kIdlePace;
  for (int round = 0; round < kMaxRoundsPerTurn; ++round) {
    gint priority = 0;
    std::array<GPollFD, kMaxDescriptors> fds{};
    g_main_context_prepare(context_, &priority);
    const gint wanted =
        g_main_context_query(context_, priority, &timeout_ms, fds.data(), fds.size());
    const gint count = std::min<gint>(wanted, static_cast<gint>(fds.size()));
    if (timeout_ms != 0) break;
    if (g_main_context_check(context_, priority, fds.data(), count) == FALSE) break;
    g_main_context_dispatch(context_);
  }
  g_main_context_release(context_);
  FreeClosed();
  return timeout_ms < 0 ? kLongestSleep : Duration(milliseconds(timeout_ms));
}

void NiceLoop::FreeClosed() {
  std::erase_if(closing_, [](const Closing& closing) { return closing.done; });
}

void NiceLoop::ScheduleAt(Timestamp when) {
  if (when >= scheduled_) return;
  scheduled_ = when;
  timer_->Set(when);
}

Duration NiceLoop::Pace() const { return checking_ > 0 ? kCheckingPace : kIdlePace; }

}  // namespace pcd::ice
