// Memory of the simulation. A seed takes and gives back some 300,000 small blocks: they are kept in
// lists by their size, and stay with the process. Sanitizers bring their own memory.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

#include <sys/mman.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace {

constexpr std::size_t kStep = 16;  // sizes of blocks are multiples of this
constexpr std::size_t kLargest = 1024;
constexpr std::size_t kPage = 1 << 16;                 // blocks of one size; begins with that size
constexpr std::size_t kRegion = std::size_t{1} << 32;  // of addresses: what is used counts

struct Block {
  Block* next;
};

constinit std::atomic<char*> region = nullptr;
constinit std::atomic<std::size_t> pages = 0;
constinit thread_local std::array<Block*, kLargest / kStep + 1> kept{};

char* MapRegion() {
  void* memory = mmap(nullptr, kRegion, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) std::abort();
  char* mapped = static_cast<char*>(memory);
  mapped += kPage - reinterpret_cast<std::uintptr_t>(mapped) % kPage;
  char* none = nullptr;
  if (region.compare_exchange_strong(none, mapped)) return mapped;
  munmap(memory, kRegion);  // another thread was faster
  return none;
}

// Cuts a fresh page into blocks.
void Refill(std::size_t steps) {
  char* begin = region.load();
  if (!begin) begin = MapRegion();
  const std::size_t number = pages++;
  if ((number + 2) * kPage > kRegion) std::abort();
  char* page = begin + number * kPage;
  *reinterpret_cast<std::size_t*>(page) = steps;
  const std::size_t size = steps * kStep;
  for (char* at = page + kPage - size; at >= page + kStep; at -= size) {
    auto* block = reinterpret_cast<Block*>(at);
    block->next = kept[steps];
    kept[steps] = block;
  }
}

bool IsOurs(const void* memory) {
  const auto begin = reinterpret_cast<std::uintptr_t>(region.load(std::memory_order_relaxed));
  return reinterpret_cast<std::uintptr_t>(memory) - begin < kRegion;
}

}  // namespace

void* operator new(std::size_t size) {
  if (size > kLargest) {
    if (void* memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
  }
  const std::size_t steps = size == 0 ? 1 : (size + kStep - 1) / kStep;
  if (!kept[steps]) Refill(steps);
  Block* block = kept[steps];
  kept[steps] = block->next;
  return block;
}

void operator delete(void* memory) noexcept {
  if (!memory) return;
  if (!IsOurs(memory)) return std::free(memory);
  const auto page = reinterpret_cast<std::uintptr_t>(memory) / kPage * kPage;
  const std::size_t steps = *reinterpret_cast<const std::size_t*>(page);
  auto* block = static_cast<Block*>(memory);
  block->next = kept[steps];
  kept[steps] = block;
}

void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

#endif
