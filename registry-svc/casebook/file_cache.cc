#include "registry-svc/casebook/file_cache.h"

#include <cstdlib>
#include <functional>
#include <string>
#include <utility>

#include "common/log/log.h"

namespace vigil::registry {
namespace {

// Pointers, vectors and control blocks around the messages.
constexpr size_t kAFile = 1024;
constexpr size_t kAFact = sizeof(CheckedFact) + 128;

size_t SizeOf(const FactList& facts) {
  size_t bytes = 0;
  for (const auto& fact : facts) bytes += kAFact + fact->memory;
  return bytes;
}

size_t SizeOf(const CaseFile& file) {
  size_t bytes = kAFile + SizeOf(*file.own) + SizeOf(*file.foreign);
  if (file.record) bytes += file.record->SpaceUsedLong();
  if (file.dossier) bytes += file.dossier->SpaceUsedLong();
  bytes += file.present->rendered.SpaceUsedLong();
  for (const auto& deadline : file.present->derived.deadlines) bytes += deadline.SpaceUsedLong();
  for (const auto& finding : file.present->derived.findings) bytes += finding.SpaceUsedLong();
  if (const OpenReading* const open = file.present->open.get(); open != nullptr) {
    bytes += open->rendered.SpaceUsedLong();
    for (const auto& finding : open->findings) bytes += finding.SpaceUsedLong();
  }
  // The allocator takes a quarter more for many small pieces.
  return bytes + bytes / 4;
}

}  // namespace

FileCache::FileCache(RuleBook rules, size_t bytes)
    : rules_(std::move(rules)), bytes_a_part_(bytes / kParts) {}

FileCache::Part& FileCache::PartOf(std::string_view name) {
  return parts_[std::hash<std::string_view>()(name) % kParts];
}

FilePtr FileCache::Find(const PackedPtr& packed) {
  Part& part = PartOf(packed->name);
  absl::MutexLock lock(&part.mutex);
  const auto at = part.by_name.find(packed->name);
  if (at == part.by_name.end() || at->second->packed != packed) return nullptr;
  part.entries.splice(part.entries.begin(), part.entries, at->second);
  return at->second->file;
}

// What was packed in this process can be unpacked.
FilePtr FileCache::Open(const PackedPtr& packed) const {
  absl::StatusOr<FilePtr> file = Unpack(*packed, rules_);
  if (file.ok()) return *std::move(file);
  Log(LogLevel::kError, "a file in memory cannot be read, ending to start anew",
      {{"error", std::string(file.status().message())}});
  std::abort();
}

void FileCache::Keep(const PackedPtr& packed, FilePtr file, bool only_where_room) {
  const size_t bytes = SizeOf(*file);
  Part& part = PartOf(packed->name);
  // Freed after the lock.
  std::list<Entry> gone;
  absl::MutexLock lock(&part.mutex);
  const auto drop = [&](std::list<Entry>::iterator entry)
                        ABSL_EXCLUSIVE_LOCKS_REQUIRED(part.mutex) {
                          part.bytes -= entry->bytes;
                          part.by_name.erase(entry->packed->name);
                          gone.splice(gone.end(), part.entries, entry);
                        };
  // A reader of an old snapshot may come late, and what took its place be gone again.
  if (packed->replaced) return;
  const auto old = part.by_name.find(packed->name);
  const bool there = old != part.by_name.end();
  if (only_where_room && (there || part.bytes + bytes > bytes_a_part_)) return;
  // The state before goes in any case: it may hold what was erased since.
  if (there) drop(old->second);
  if (bytes > bytes_a_part_) return;
  while (part.bytes + bytes > bytes_a_part_) drop(std::prev(part.entries.end()));
  part.entries.push_front({.packed = packed, .file = std::move(file), .bytes = bytes});
  part.by_name.emplace(packed->name, part.entries.begin());
  part.bytes += bytes;
}

FilePtr FileCache::Get(const PackedPtr& packed) {
  FilePtr file = Find(packed);
  if (file) return file;
  file = Open(packed);
  Keep(packed, file, false);
  return file;
}

FilePtr FileCache::Scan(const PackedPtr& packed) {
  FilePtr file = Find(packed);
  if (file) return file;
  file = Open(packed);
  Keep(packed, file, true);
  return file;
}

// In this order: what a reader keeps of the state before meanwhile is dropped with it.
void FileCache::Put(const PackedPtr& packed, FilePtr file, const PackedPtr& before) {
  if (before) before->replaced = true;
  Keep(packed, std::move(file), false);
}

void FileCache::Replace(const PackedPtr& packed, FilePtr file, const PackedPtr& before) {
  if (before) before->replaced = true;
  {
    Part& part = PartOf(packed->name);
    absl::MutexLock lock(&part.mutex);
    if (!part.by_name.contains(packed->name)) return;
  }
  Keep(packed, std::move(file), false);
}

size_t FileCache::bytes() const {
  size_t bytes = 0;
  for (const Part& part : parts_) {
    absl::MutexLock lock(&part.mutex);
    bytes += part.bytes;
  }
  return bytes;
}

}  // namespace vigil::registry
