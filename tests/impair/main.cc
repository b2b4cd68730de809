// The impairment relay as a program; `impair` without arguments tells its flags.
#include <cstdio>
#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "engine/net/event_loop.h"
#include "tests/impair/relay_flags.h"
#include "tests/impair/udp_relay.h"

namespace pcd::impair {
namespace {

// Runs `work` on the loop and waits for it.
template <typename Work>
void OnLoop(net::EventLoop& loop, Work work) {
  std::promise<void> done;
  loop.Post([&] {
    work();
    done.set_value();
  });
  done.get_future().wait();
}

// Until standard input ends.
void ReadCommands(net::EventLoop& loop, UdpRelay& relay, RelayOptions options) {
  for (std::string line; std::getline(std::cin, line);) {
    if (line == "counters") {
      OnLoop(loop, [&] { std::cout << CountersAsJson(relay.counters()) << std::endl; });
      continue;
    }
    const auto command = ParseRelayCommand(line, options);
    if (!command.ok()) {
      std::cout << "{\"error\":\"not understood\"}" << std::endl;
      continue;
    }
    options = command->options;
    OnLoop(loop, [&] {
      relay.SetImpairment(options.up, options.down);
      if (command->blackout > Duration(0)) relay.BlackOut(command->blackout);
      if (command->rebind) relay.Rebind();
    });
    std::cout << "{}" << std::endl;
  }
}

int Run(const RelayOptions& options) {
  auto loop = net::EventLoop::Create();
  if (!loop.ok() || !(*loop)->Start().ok()) {
    std::cerr << "no event loop\n";
    return 1;
  }
  std::unique_ptr<UdpRelay> relay;
  OnLoop(**loop, [&] {
    auto created = UdpRelay::Create(**loop, options);
    if (!created.ok()) {
      std::cerr << created.status().ToString() << "\n";
      return;
    }
    relay = std::move(*created);
    std::cout << "{\"listen\":\"" << relay->local_address().ToString() << "\"}" << std::endl;
  });
  if (relay != nullptr) ReadCommands(**loop, *relay, options);
  const int status = relay != nullptr ? 0 : 1;
  OnLoop(**loop, [&] { relay.reset(); });
  (*loop)->Stop();
  return status;
}

}  // namespace
}  // namespace pcd::impair

int main(int argc, char** argv) {
  pcd::impair::RelayOptions options;
  options.listen = *pcd::SocketAddress::Parse("127.0.0.1:0");
  for (int i = 1; i < argc; ++i) {
    const auto taken = pcd::impair::TakeRelayFlag(argv[i], options);
    if (taken.ok()) continue;
    std::cerr << taken.ToString() << "\n" << pcd::impair::kRelayUsage;
    return 2;
  }
  if (options.target.port == 0) {
    std::cerr << pcd::impair::kRelayUsage;
    return 2;
  }
  return pcd::impair::Run(options);
}
