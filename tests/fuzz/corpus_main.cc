// Runs every file of the folder that holds the given file through the fuzz target, and then inputs
// that are made out of them: the corpus as a plain test, and a short run beside the long one of
// `make fuzz`. Exits non-zero when there is nothing to run.
//
// FUZZ_SEED=<n> makes other inputs than those of seed 1. What an input does to the target is done
// in a process of its own, so that, whatever ends that one, this one can say which input it was and
// keep it.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/fuzz/mutator.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

using pcd::fuzz::Input;
using pcd::fuzz::Mutator;

constexpr uint64_t kMostMade = 20'000;
constexpr auto kMostTime = std::chrono::seconds(4);
constexpr unsigned kHangSeconds =
    60;  // Of all of them together: of a target that does not come back.
#ifdef __SANITIZE_THREAD__
constexpr bool kMakes = false;  // What threads do to each other is no matter of inputs.
#else
constexpr bool kMakes = true;
#endif

// What the process that runs the inputs tells the one that waits for it.
struct Progress {
  uint64_t number;  // Of the input that is run.
  uint64_t done;
};

void Run(const Input& input) { LLVMFuzzerTestOneInput(input.data(), input.size()); }

std::vector<Input> RunCorpus(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());  // Their order decides what is made out of them.
  std::vector<Input> corpus;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    std::printf("%s (%zu bytes)\n", file.filename().c_str(), corpus.back().size());
    std::fflush(stdout);
    Run(corpus.back());
  }
  // The empty input is the case every parser meets first.
  LLVMFuzzerTestOneInput(nullptr, 0);
  return corpus;
}

void RunMade(const Mutator& mutator, Progress& progress) {
  alarm(kHangSeconds);
  const auto end = std::chrono::steady_clock::now() + kMostTime;
  for (uint64_t number = 0; number < kMostMade && std::chrono::steady_clock::now() < end;
       ++number) {
    const Input input = mutator.Make(number);
    progress.number = number;
    Run(input);
    progress.done = number + 1;
  }
}

// Where bazel keeps what a test leaves, or the folder for temporary files.
std::filesystem::path OutputFolder() {
  const char* folder = std::getenv("TEST_UNDECLARED_OUTPUTS_DIR");
  return folder != nullptr ? std::filesystem::path(folder) : std::filesystem::temp_directory_path();
}

void TellOfFailure(int status, const Mutator& mutator, uint64_t seed, const Progress& progress) {
  const std::string how = WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                                              : "status " + std::to_string(WEXITSTATUS(status));
  if (progress.done > progress.number) {
    std::printf("ended by %s after the last input, FUZZ_SEED=%llu\n", how.c_str(),
                static_cast<unsigned long long>(seed));
    return;
  }
  const Input input = mutator.Make(progress.number);
  const auto file =
      OutputFolder() / ("input-" + std::to_string(seed) + "-" + std::to_string(progress.number));
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(input.data()),
             static_cast<std::streamsize>(input.size()));
  std::printf(
      "ended by %s at input %llu of FUZZ_SEED=%llu, which is kept as %s (%zu bytes): it belongs "
      "into the corpus\n",
      how.c_str(), static_cast<unsigned long long>(progress.number),
      static_cast<unsigned long long>(seed), file.c_str(), input.size());
}

// True if the target came through all that it got.
bool SurvivesMadeInputs(std::vector<Input> corpus) {
  const char* given = std::getenv("FUZZ_SEED");
  const uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : 1;
  const Mutator mutator(std::move(corpus), seed);
  void* shared =
      mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return false;
  Progress& progress = *new (shared) Progress();
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) return false;
  if (child == 0) {
    RunMade(mutator, progress);
    std::exit(0);  // And look for leaks.
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child) return false;
  if (status != 0) {
    TellOfFailure(status, mutator, seed, progress);
    return false;
  }
  std::printf("%llu inputs made of the corpus, FUZZ_SEED=%llu\n",
              static_cast<unsigned long long>(progress.done),
              static_cast<unsigned long long>(seed));
  return progress.done > 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::vector<Input> corpus = RunCorpus(std::filesystem::path(argv[1]).parent_path());
  if (corpus.empty()) return 1;
  return !kMakes || SurvivesMadeInputs(std::move(corpus)) ? 0 : 1;
}
