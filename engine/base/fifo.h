// A queue that holds no memory while it is empty.
#ifndef ENGINE_BASE_FIFO_H_
#define ENGINE_BASE_FIFO_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace pcd {

// A ring that grows by doubling. std::deque takes 600 bytes before anything is in it, and a
// connection has a dozen queues that are empty nearly always. An empty queue keeps a small ring
// only, so that one in steady use does not allocate each time. Moving a T must not throw.
// Threading: its owner's.
template <typename T>
class Fifo {
 public:
  // Bytes of a ring that stays while the queue is empty.
  static constexpr size_t kKeptBytes = 256;

  Fifo() = default;
  ~Fifo() { Free(); }
  Fifo(Fifo&& other) noexcept { Swap(other); }
  Fifo& operator=(Fifo&& other) noexcept {
    Fifo(std::move(other)).Swap(*this);
    return *this;
  }
  Fifo(const Fifo&) = delete;
  Fifo& operator=(const Fifo&) = delete;

  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }
  // From the front.
  T& operator[](size_t index) { return *SlotOf(index); }
  const T& operator[](size_t index) const { return *SlotOf(index); }
  T& front() { return *SlotOf(0); }
  const T& front() const { return *SlotOf(0); }

  void push_back(T value) {
    if (size_ == capacity_) Grow();
    std::construct_at(SlotOf(size_), std::move(value));
    ++size_;
  }
  void pop_front() {
    std::destroy_at(SlotOf(0));
    begin_ = (begin_ + 1) & (capacity_ - 1);
    if (--size_ == 0 && capacity_ * sizeof(T) > kKeptBytes) Free();
  }
  // The front, taken out.
  T Take() {
    T value = std::move(front());
    pop_front();
    return value;
  }
  void clear() {
    while (!empty()) pop_front();
  }
  // Whatever equals `value`; the others keep their order.
  void Erase(const T& value) {
    for (size_t left = size_; left > 0; --left) {
      T each = Take();
      if (!(each == value)) push_back(std::move(each));
    }
  }

 private:
  static constexpr uint32_t kFirstCapacity = 4;  // A power of two, as all that follow.

  T* SlotOf(size_t index) const { return slots_ + ((begin_ + index) & (capacity_ - 1)); }
  void Grow() {
    const uint32_t capacity = capacity_ == 0 ? kFirstCapacity : 2 * capacity_;
    T* slots = std::allocator<T>().allocate(capacity);
    for (uint32_t i = 0; i < size_; ++i) {
      std::construct_at(slots + i, std::move(*SlotOf(i)));
      std::destroy_at(SlotOf(i));
    }
    if (slots_ != nullptr) std::allocator<T>().deallocate(slots_, capacity_);
    slots_ = slots;
    capacity_ = capacity;
    begin_ = 0;
  }
  void Free() {
    for (uint32_t i = 0; i < size_; ++i) std::destroy_at(SlotOf(i));
    if (slots_ != nullptr) std::allocator<T>().deallocate(slots_, capacity_);
    slots_ = nullptr;
    capacity_ = begin_ = size_ = 0;
  }
  void Swap(Fifo& other) noexcept {
    std::swap(slots_, other.slots_);
    std::swap(capacity_, other.capacity_);
    std::swap(begin_, other.begin_);
    std::swap(size_, other.size_);
  }

  T* slots_ = nullptr;
  uint32_t capacity_ = 0;
  uint32_t begin_ = 0;
  uint32_t size_ = 0;
};

}  // namespace pcd

#endif  // ENGINE_BASE_FIFO_H_
