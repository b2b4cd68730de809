// Values whose copies share their memory: copying one copies a pointer.
#ifndef ENGINE_BASE_SHARED_H_
#define ENGINE_BASE_SHARED_H_

#include <memory>
#include <optional>
#include <utility>

namespace pcd {

// A value that never changes and that many hold. Never null. Threading: as a shared_ptr to
// something const; the value may be read anywhere.
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

// An optional value that is copied when one of several holders edits it, not before.
// Threading: one thread.
template <typename T>
class SharedOptional {
 public:
  SharedOptional() = default;
  SharedOptional(std::nullopt_t) {}  // NOLINT(google-explicit-constructor): as std::optional.
  SharedOptional(T value)            // NOLINT(google-explicit-constructor)
      : value_(std::make_shared<T>(std::move(value))) {}

  bool has_value() const { return value_ != nullptr; }
  explicit operator bool() const { return has_value(); }
  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_.get(); }
  void reset() { value_.reset(); }

  // Its own from now on. There must be one.
  T& Edit() {
    if (value_.use_count() > 1) value_ = std::make_shared<T>(*value_);
    return *value_;
  }

 private:
  std::shared_ptr<T> value_;
};

}  // namespace pcd

#endif  // ENGINE_BASE_SHARED_H_
