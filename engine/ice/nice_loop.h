// libnice's timers on one of our loops.
#ifndef ENGINE_ICE_NICE_LOOP_H_
#define ENGINE_ICE_NICE_LOOP_H_

#include <list>
#include <memory>

#include "engine/ice/nice_handles.h"
#include "engine/net/loop.h"

namespace pcd::ice {

// Owns the GMainContext that all agents of a loop share. libnice's sockets are not in it (our
// epoll watches them), so it is turned, never waited in, when its next timer is due: not more
// often than every 50 ms, or 5 ms while connectivity checks run.
// Threading: its loop.
class NiceLoop : public std::enable_shared_from_this<NiceLoop> {
 public:
  explicit NiceLoop(net::Loop& loop);
  ~NiceLoop();
  NiceLoop(const NiceLoop&) = delete;
  NiceLoop& operator=(const NiceLoop&) = delete;

  net::Loop& loop() { return loop_; }
  GMainContext* context() { return context_; }

  // To be called after whatever may have started a timer inside libnice.
  void Poke();

  // While at least one agent checks, turns are closer together.
  void AddChecking(int change);

  // Closes an agent whose signals nobody listens to any more and frees it when libnice is done
  // with it, usually before this returns. `needed` lives as long.
  void Release(NiceAgentPtr agent, std::shared_ptr<void> needed);

 private:
  struct Closing {
    NiceLoop* owner;
    std::shared_ptr<void> needed;  // Goes after the agent.
    NiceAgentPtr agent;
    bool done = false;
  };

  static void OnAgentClosed(GObject* agent, GAsyncResult* result, gpointer closing);
  void OnTimer();
  // Runs what is due and returns the time to what comes next.
  Duration Turn();
  void ReadForClosing();
  void FreeClosed();
  void ScheduleAt(Timestamp when);
  Duration Pace() const;

  net::Loop& loop_;
  GMainContext* context_;
  std::unique_ptr<net::Timer> timer_;
  Timestamp scheduled_ = kNever;
  int checking_ = 0;
  std::list<Closing> closing_;
  // Keeps this alive while agents close, after the last transport is gone.
  std::shared_ptr<NiceLoop> keep_alive_;
};

}  // namespace pcd::ice

#endif  // ENGINE_ICE_NICE_LOOP_H_
