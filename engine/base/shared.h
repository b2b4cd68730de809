// A value that never changes and that many hold: copying it copies a pointer.
#ifndef ENGINE_BASE_SHARED_H_
#define ENGINE_BASE_SHARED_H_

#include <memory>
#include <utility>

namespace pcd {

// Never null. Threading: as a shared_ptr to something const; the value may be read anywhere.
template <typename T>
class Shared {
 public:
  Shared() : Shared(T{}) {}
  Shared(T value)  // NOLINT(google-explicit-constructor): stands where a T stood.
      : value_(std::make_shared<const T>(std::move(value))) {}

  // Without moves: what is moved from would be null.
  Shared(const Shared&) = default;
  Shared& operator=(const Shared&) = default;

  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_.get(); }

 private:
  std::shared_ptr<const T> value_;
};

}  // namespace pcd

#endif  // ENGINE_BASE_SHARED_H_
