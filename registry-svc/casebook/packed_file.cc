#include "registry-svc/casebook/packed_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>

#include "registry-svc/casebook/list_places.h"
#include "registry-svc/casebook/veil.h"

namespace vigil::registry {
namespace {

absl::Status Unreadable(std::string_view name, std::string_view why) {
  return absl::DataLossError(
      fmt::format("{} cannot be read ({}): restore the database from a backup", name, why));
}

absl::StatusOr<std::shared_ptr<const FactList>> UnpackFacts(const PackedFile& packed,
                                                            const std::vector<PackedFact>& facts) {
  auto out = std::make_shared<FactList>();
  out->reserve(facts.size());
  for (const PackedFact& bytes : facts) {
    auto message = std::make_shared<v1::Fact>();
    if (!message->ParseFromString(*bytes)) return Unreadable(packed.name, "a fact is no message");
    absl::StatusOr<CheckedFact> checked = CheckFact(message);
    if (!checked.ok()) {
      return Unreadable(message->name(), std::string(checked.status().message()));
    }
    out->push_back(std::make_shared<const CheckedFact>(*std::move(checked)));
  }
  return out;
}

template <class Message>
absl::StatusOr<std::shared_ptr<const Message>> UnpackRecord(const PackedFile& packed) {
  auto message = std::make_shared<Message>();
  if (!message->ParseFromString(packed.record)) return Unreadable(packed.name, "it is no message");
  return message;
}

int32_t DayOf(const v1::Deadline& deadline) {
  const auto day = civil::ParseDay(deadline.earliest());
  return day ? static_cast<int32_t>(day->time_since_epoch().count()) : kNoDay;
}

// Positions in the list by day, then by name.
std::vector<uint32_t> ByDay(const std::vector<v1::Deadline>& list) {
  std::vector<uint32_t> positions(list.size());
  std::iota(positions.begin(), positions.end(), 0);
  std::sort(positions.begin(), positions.end(), [&](uint32_t a, uint32_t b) {
    const int32_t first = DayOf(list[a]), second = DayOf(list[b]);
    return first != second ? first < second : list[a].name() < list[b].name();
  });
  return positions;
}

// They are by place already.
void PackFindings(const std::vector<v1::Finding>& findings, FindingSide side, PackedFile& packed) {
  for (const v1::Finding& finding : findings) {
    const auto position = static_cast<uint32_t>(&finding - findings.data());
    std::string order = PlaceOf(finding);
    order.resize(order.size() - finding.name().size() - 1);
    packed.findings.push_back({.order = std::move(order), .position = position, .side = side});
  }
}

}  // namespace

bool Stands(const PackedDeadline& deadline) {
  return deadline.state == v1::DEADLINE_STATE_UPCOMING ||
         deadline.state == v1::DEADLINE_STATE_DUE || deadline.state == v1::DEADLINE_STATE_PASSED;
}

absl::StatusOr<CaseFile> Unpack(const PackedFile& packed) {
  CaseFile file;
  if (packed.dossier) {
    auto dossier = UnpackRecord<v1::Dossier>(packed);
    if (!dossier.ok()) return dossier.status();
    file.dossier = *std::move(dossier);
  } else {
    auto record = UnpackRecord<v1::Case>(packed);
    if (!record.ok()) return record.status();
    file.record = *std::move(record);
  }
  RefreshRecord(file);
  auto own = UnpackFacts(packed, packed.own);
  if (!own.ok()) return own.status();
  file.own = *std::move(own);
  auto foreign = UnpackFacts(packed, packed.foreign);
  if (!foreign.ok()) return foreign.status();
  file.foreign = *std::move(foreign);
  file.receipts = packed.receipts;
  file.untold = packed.untold;
  file.told_print = packed.told_print;
  return file;
}

absl::StatusOr<FilePtr> Unpack(const PackedFile& packed, const RuleBook& rules) {
  absl::StatusOr<CaseFile> file = Unpack(packed);
  if (!file.ok()) return file.status();
  file->present = std::make_shared<const DayReading>(ReadOn(*file, rules, packed.day));
  return std::make_shared<const CaseFile>(*std::move(file));
}

void PackReading(const DayReading& reading, PackedFile& packed) {
  packed.situation = ToldCase(reading).situation();
  packed.day = reading.day;
  packed.until = reading.until;
  const auto& deadlines = reading.derived.deadlines;
  packed.deadlines.clear();
  packed.deadlines.reserve(deadlines.size());
  for (const uint32_t at : ByDay(deadlines)) {
    packed.deadlines.push_back({.day = DayOf(deadlines[at]),
                                .position = at,
                                .kind = static_cast<uint8_t>(deadlines[at].kind()),
                                .state = static_cast<uint8_t>(deadlines[at].state())});
  }
  packed.findings.clear();
  if (!reading.open) {
    PackFindings(reading.derived.findings, FindingSide::kBoth, packed);
  } else {
    PackFindings(reading.derived.findings, FindingSide::kWhole, packed);
    PackFindings(reading.open->findings, FindingSide::kTold, packed);
  }
  packed.findings.shrink_to_fit();
}

PackedPtr Packer::Pack(const CaseFile& file, const PackedFile* packed_before,
                       const CaseFile* before) {
  auto packed = std::make_shared<PackedFile>();
  packed->name = file.name();
  packed->display_name = file.display_name();
  packed->dossier = file.dossier != nullptr;
  packed->deleted = file.deleted();
  packed->record =
      file.record ? file.record->SerializeAsString() : file.dossier->SerializeAsString();
  packed->own = Share(*file.own, packed_before != nullptr ? &packed_before->own : nullptr,
                      before != nullptr ? before->own.get() : nullptr);
  packed->foreign =
      Share(*file.foreign, packed_before != nullptr ? &packed_before->foreign : nullptr,
            before != nullptr ? before->foreign.get() : nullptr);
  packed->receipts = file.receipts;
  packed->untold = file.untold;
  packed->told_print = file.told_print;
  PackReading(*file.present, *packed);
  return packed;
}

std::vector<PackedFact> Packer::Share(const FactList& facts,
                                      const std::vector<PackedFact>* packed_before,
                                      const FactList* before) {
  std::vector<PackedFact> out;
  out.reserve(facts.size());
  for (const auto& fact : facts) {
    const size_t place = out.size();
    const PackedFact* old = packed_before != nullptr && place < packed_before->size()
                                ? &(*packed_before)[place]
                                : nullptr;
    if (old != nullptr && before != nullptr && (*before)[place] == fact) {
      out.push_back(*old);
      continue;
    }
    std::string bytes = fact->message->SerializeAsString();
    if (old != nullptr && **old == bytes) {
      out.push_back(*old);
      continue;
    }
    PackedFact& shared = facts_[fact->message->name()];
    if (!shared || *shared != bytes) shared = std::make_shared<const std::string>(std::move(bytes));
    out.push_back(shared);
  }
  return out;
}

}  // namespace vigil::registry
