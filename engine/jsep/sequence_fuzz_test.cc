// Any sequence of calls on two sessions: each byte is a choice of negotiation_player.h, which
// compares both ends with the model of the specification after every step.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>

#include "engine/base/random.h"
#include "engine/jsep/negotiation_player.h"
#include "engine/jsep/session_end.h"

namespace pcd::jsep {
namespace {

constexpr int kMostSteps = 200;

// Gives the bytes of the input, then zeros. Threading: one call.
class InputSource : public RandomSource {
 public:
  explicit InputSource(std::span<const uint8_t> input) : input_(input) {}
  void Fill(std::span<uint8_t> out) override {
    for (uint8_t& byte : out) {
      byte = input_.empty() ? 0 : input_.front();
      if (!input_.empty()) input_ = input_.subspan(1);
    }
  }
  bool empty() const { return input_.empty(); }

 private:
  std::span<const uint8_t> input_;
};

}  // namespace
}  // namespace pcd::jsep

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  pcd::jsep::InputSource input({data, size});
  pcd::jsep::SessionEnd first('a'), second('b');
  pcd::jsep::NegotiationPlayer player(input, first, second);
  for (int step = 0; step < pcd::jsep::kMostSteps && !input.empty(); ++step) {
    player.Step();
    if (player.problem().empty()) continue;
    std::fprintf(stderr, "step %d: %s\n%s", step, player.problem().c_str(), player.Log().c_str());
    std::abort();
  }
  return 0;
}
