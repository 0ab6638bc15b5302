// Files as they are worked with, made from packed ones and kept while there is room.
#pragma once

#include <array>
#include <cstddef>
#include <list>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "registry-svc/casebook/packed_file.h"
#include "registry-svc/domain/rule_book.h"

namespace vigil::registry {

// Memory for files that were read or changed last, unless the configuration says otherwise.
inline constexpr size_t kDefaultCacheBytes = size_t{512} << 20;

// Keeps those that were asked for last: of each name one state and none that was replaced, all
// together at most as many bytes as it was given (a file that is larger than a 16th of that is not
// kept). Thread-safe; threads that meet are few, as it is split by name.
class FileCache {
 public:
  FileCache(RuleBook rules, size_t bytes);

  // The file, kept from now on.
  FilePtr Get(const PackedPtr& packed);
  // The file, for reads that look at very many: kept only where there is room, so that they drive
  // out nothing that is in use.
  FilePtr Scan(const PackedPtr& packed);
  // Keeps a file that is there already: the one that was just written. `before`, the state that it
  // takes the place of (null: it is new), is kept no more, whoever asks for it later.
  void Put(const PackedPtr& packed, FilePtr file, const PackedPtr& before);
  // Likewise for one that a day turn derived: only where its state before is kept.
  void Replace(const PackedPtr& packed, FilePtr file, const PackedPtr& before);

  // What is kept now, as the messages themselves say what they take.
  size_t bytes() const;

 private:
  static constexpr int kParts = 16;
  struct Entry {
    PackedPtr packed;
    FilePtr file;
    size_t bytes = 0;
  };
  struct Part {
    mutable absl::Mutex mutex;
    // Asked for last first.
    std::list<Entry> entries ABSL_GUARDED_BY(mutex);
    // The names are those of the entries.
    absl::flat_hash_map<std::string_view, std::list<Entry>::iterator> by_name
        ABSL_GUARDED_BY(mutex);
    size_t bytes ABSL_GUARDED_BY(mutex) = 0;
  };

  Part& PartOf(std::string_view name);
  // Null where this state of the file is not kept.
  FilePtr Find(const PackedPtr& packed);
  FilePtr Open(const PackedPtr& packed) const;
  void Keep(const PackedPtr& packed, FilePtr file, bool only_where_room);

  const RuleBook rules_;
  const size_t bytes_a_part_;
  std::array<Part, kParts> parts_;
};

}  // namespace vigil::registry
