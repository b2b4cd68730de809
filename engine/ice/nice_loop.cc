#include "engine/ice/nice_loop.h"

#include <algorithm>
#include <array>
#include <utility>

namespace pcd::ice {
namespace {

using std::chrono::milliseconds;

constexpr Duration kIdlePace = milliseconds(20);
constexpr Duration kCheckingPace = milliseconds(5);
// GLib may start timers without our knowledge; never sleep longer than this.
constexpr Duration kLongestSleep = milliseconds(500);
// Dispatching may make further sources ready; bounded so that no agent holds the loop.
constexpr int kMaxIterationsPerTurn = 8;

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

void NiceLoop::Release(NiceAgentPtr agent) {
  Closing& closing = closing_.emplace_back(Closing{this, std::move(agent)});
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
  Turn();
  if (closing_.empty()) keep_alive_.reset();
  ScheduleAt(loop_.Now() + std::clamp(TimeToNextTimer(), Pace(), kLongestSleep));
}

void NiceLoop::Turn() {
  for (int i = 0; i < kMaxIterationsPerTurn; ++i) {
    if (g_main_context_iteration(context_, FALSE) == FALSE) break;
  }
  FreeClosed();
}

void NiceLoop::FreeClosed() {
  std::erase_if(closing_, [](const Closing& closing) { return closing.done; });
}

void NiceLoop::ScheduleAt(Timestamp when) {
  if (when >= scheduled_) return;
  scheduled_ = when;
  timer_->Set(when);
}

Duration NiceLoop::TimeToNextTimer() {
  if (g_main_context_acquire(context_) == FALSE) return kIdlePace;
  gint priority = 0;
  gint timeout_ms = -1;
  // Only the context's own wake-up descriptor can be there.
  std::array<GPollFD, 4> fds;
  g_main_context_prepare(context_, &priority);
  g_main_context_query(context_, priority, &timeout_ms, fds.data(), fds.size());
  g_main_context_release(context_);
  return timeout_ms < 0 ? kLongestSleep : Duration(milliseconds(timeout_ms));
}

Duration NiceLoop::Pace() const { return checking_ > 0 ? kCheckingPace : kIdlePace; }

}  // namespace pcd::ice
