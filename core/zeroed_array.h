// A fixed array that starts as zero bytes and costs memory only where it has been written: the
// system hands out large zeroed blocks lazily, so a reserved but empty ring takes no room in RAM.
#pragma once

#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>

namespace anemon {

template <class T>
class ZeroedArray {
 public:
  static_assert(std::is_trivially_destructible_v<T>);

  ZeroedArray() = default;
  explicit ZeroedArray(size_t size)
      : data_(static_cast<T*>(std::calloc(size == 0 ? 1 : size, sizeof(T)))), size_(size) {
    if (!data_) throw std::bad_alloc();
  }

  T& operator[](size_t i) noexcept { return data_.get()[i]; }
  const T& operator[](size_t i) const noexcept { return data_.get()[i]; }
  size_t size() const noexcept { return size_; }
  size_t bytes() const noexcept { return size_ * sizeof(T); }

 private:
  struct Free {
    void operator()(T* data) const noexcept { std::free(data); }
  };
  std::unique_ptr<T, Free> data_;
  size_t size_ = 0;
};

}  // namespace anemon
