#include "tests/integration/call_counter.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <ostream>

namespace {

enum Kind { kAllocation, kRelease, kLock, kKinds };

struct Stack {
  std::array<void*, 24> frames{};
  int size = 0;
};

thread_local bool t_watched = false;
thread_local bool t_inside = false;  // Finding out who calls may call, too.
std::atomic<bool> counting{false};
std::array<std::atomic<uint64_t>, kKinds> counts{};
std::array<Stack, 16> stacks{};
std::atomic<size_t> stack_count{0};

void Count(Kind kind) {
  if (!t_watched || t_inside || !counting.load(std::memory_order_relaxed)) return;
  t_inside = true;
  counts[kind].fetch_add(1, std::memory_order_relaxed);
  if (stack_count.load() < stacks.size()) {
    const size_t place = stack_count.fetch_add(1);
    if (place < stacks.size()) {
      Stack& stack = stacks[place];
      stack.size = backtrace(stack.frames.data(), static_cast<int>(stack.frames.size()));
    }
  }
  t_inside = false;
}

// The function that this one stands before.
template <typename Function>
Function Next(std::atomic<Function>& known, const char* name) {
  Function function = known.load(std::memory_order_relaxed);
  if (function == nullptr) {
    function = reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
    known.store(function, std::memory_order_relaxed);
  }
  return function;
}

}  // namespace

extern "C" {
void* __libc_malloc(size_t size);                      // NOLINT
void* __libc_calloc(size_t count, size_t size);        // NOLINT
void* __libc_realloc(void* memory, size_t size);       // NOLINT
void* __libc_memalign(size_t alignment, size_t size);  // NOLINT
void __libc_free(void* memory);                        // NOLINT

void* malloc(size_t size) noexcept {
  Count(kAllocation);
  return __libc_malloc(size);
}
void* calloc(size_t count, size_t size) noexcept {
  Count(kAllocation);
  return __libc_calloc(count, size);
}
void* realloc(void* memory, size_t size) noexcept {
  Count(kAllocation);
  return __libc_realloc(memory, size);
}
void* memalign(size_t alignment, size_t size) noexcept {
  Count(kAllocation);
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(size_t alignment, size_t size) noexcept {
  Count(kAllocation);
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** memory, size_t alignment, size_t size) noexcept {
  Count(kAllocation);
  *memory = __libc_memalign(alignment, size);
  return *memory != nullptr ? 0 : ENOMEM;
}
void free(void* memory) noexcept {
  if (memory != nullptr) Count(kRelease);
  __libc_free(memory);
}

// NOLINTBEGIN
#define PCD_COUNT_LOCK(result, name, parameters, arguments, exceptions) \
  result name parameters exceptions {                                   \
    static std::atomic<result(*) parameters> known{nullptr};            \
    Count(kLock);                                                       \
    return Next(known, #name) arguments;                                \
  }
PCD_COUNT_LOCK(int, pthread_mutex_lock, (pthread_mutex_t * m), (m), noexcept)
PCD_COUNT_LOCK(int, pthread_mutex_trylock, (pthread_mutex_t * m), (m), noexcept)
PCD_COUNT_LOCK(int, pthread_mutex_timedlock, (pthread_mutex_t * m, const timespec* t), (m, t),
               noexcept)
PCD_COUNT_LOCK(int, pthread_mutex_clocklock, (pthread_mutex_t * m, clockid_t c, const timespec* t),
               (m, c, t), noexcept)
PCD_COUNT_LOCK(int, pthread_rwlock_rdlock, (pthread_rwlock_t * l), (l), noexcept)
PCD_COUNT_LOCK(int, pthread_rwlock_wrlock, (pthread_rwlock_t * l), (l), noexcept)
PCD_COUNT_LOCK(int, pthread_rwlock_tryrdlock, (pthread_rwlock_t * l), (l), noexcept)
PCD_COUNT_LOCK(int, pthread_rwlock_trywrlock, (pthread_rwlock_t * l), (l), noexcept)
PCD_COUNT_LOCK(int, pthread_spin_lock, (pthread_spinlock_t * l), (l), noexcept)
PCD_COUNT_LOCK(int, pthread_spin_trylock, (pthread_spinlock_t * l), (l), noexcept)
PCD_COUNT_LOCK(int, pthread_cond_wait, (pthread_cond_t * c, pthread_mutex_t* m), (c, m), )
PCD_COUNT_LOCK(int, pthread_cond_timedwait,
               (pthread_cond_t * c, pthread_mutex_t* m, const timespec* t), (c, m, t), )
PCD_COUNT_LOCK(int, pthread_cond_clockwait,
               (pthread_cond_t * c, pthread_mutex_t* m, clockid_t k, const timespec* t),
               (c, m, k, t), )
PCD_COUNT_LOCK(int, pthread_cond_signal, (pthread_cond_t * c), (c), noexcept)
PCD_COUNT_LOCK(int, pthread_cond_broadcast, (pthread_cond_t * c), (c), noexcept)
// GLib's, by their addresses alone: its headers belong to engine/ice.
PCD_COUNT_LOCK(void, g_mutex_lock, (void* m), (m), )
PCD_COUNT_LOCK(int, g_mutex_trylock, (void* m), (m), )
PCD_COUNT_LOCK(void, g_rec_mutex_lock, (void* m), (m), )
PCD_COUNT_LOCK(int, g_rec_mutex_trylock, (void* m), (m), )
PCD_COUNT_LOCK(void, g_rw_lock_reader_lock, (void* l), (l), )
PCD_COUNT_LOCK(void, g_rw_lock_writer_lock, (void* l), (l), )
#undef PCD_COUNT_LOCK
// NOLINTEND
}

namespace pcd::tests {

std::ostream& operator<<(std::ostream& out, const CallCounts& counts) {
  return out << counts.allocations << " allocations, " << counts.releases << " releases, "
             << counts.locks << " locks";
}

void CallCounter::WatchThisThread() { t_watched = true; }

void CallCounter::Start() {
  // The first use loads what it needs.
  Stack warm_up;
  backtrace(warm_up.frames.data(), static_cast<int>(warm_up.frames.size()));
  for (auto& count : counts) count.store(0);
  stack_count.store(0);
  counting.store(true);
}

CallCounts CallCounter::Stop() {
  counting.store(false);
  return {.allocations = counts[kAllocation].load(),
          .releases = counts[kRelease].load(),
          .locks = counts[kLock].load()};
}

std::string CallCounter::Stacks() {
  std::string text;
  for (size_t i = 0; i < std::min(stack_count.load(), stacks.size()); ++i) {
    text += "call " + std::to_string(i) + ":\n";
    char** const names = backtrace_symbols(stacks[i].frames.data(), stacks[i].size);
    for (int frame = 0; names != nullptr && frame < stacks[i].size; ++frame) {
      text += std::string("  ") + names[frame] + "\n";
    }
    std::free(names);
  }
  return text;
}

}  // namespace pcd::tests
