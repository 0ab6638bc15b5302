#include "registry-svc/casebook/present_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "registry-svc/casebook/list_places.h"
#include "registry-svc/casebook/veil.h"
#include "tests/unit/registry/book_fixture.h"

namespace vigil::registry {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Places = std::vector<std::string>;

// Runs commands drawn by a seed. Ids are short, so that one is often the beginning of another, and
// titles repeat.
class PresentIndexTest : public BookTest, public testing::WithParamInterface<int> {
 protected:
  void RunRandomCommands(int count) {
    std::mt19937 random(GetParam());
    const auto draw = [&](int n) { return static_cast<int>(random() % n); };
    for (int i = 0; i < count; ++i) {
      const std::string id = ids_[draw(static_cast<int>(ids_.size()))];
      RunOne(draw(10), "cases/" + id, id, draw);
    }
  }

  template <class Draw>
  void RunOne(int what, const std::string& name, const std::string& id, Draw draw) {
    const std::string day = "2018-0" + std::to_string(1 + draw(4)) + "-1" + std::to_string(draw(3));
    switch (what) {
      case 0:
        return (void)Call(&Casebook::DeleteCase, Named<v1::DeleteCaseRequest>(name));
      case 1:
        return (void)Call(&Casebook::UndeleteCase, Named<v1::UndeleteCaseRequest>(name));
      case 2: {
        v1::UpdateCaseRequest request;
        request.mutable_case_()->set_name(name);
        request.mutable_case_()->set_display_name(titles_[draw(3)]);
        request.mutable_case_()->set_time_zone(draw(2) == 0 ? "Asia/Aqtau" : "Asia/Almaty");
        return (void)Call(&Casebook::UpdateCase, request);
      }
      case 3: {
        v1::RetractFactRequest request;
        request.set_name(name + "/facts/f" + std::to_string(draw(6)));
        request.set_reason("an error");
        return (void)Call(&Casebook::RetractFact, request);
      }
      case 4: {
        v1::CreateDossierRequest request;
        request.set_dossier_id(id);
        request.mutable_dossier()->set_display_name(titles_[draw(3)]);
        const std::string dossier = "dossiers/" + id;
        if (draw(3) > 0) return (void)Call(&Casebook::CreateDossier, request);
        (void)CreateFact(dossier, Custody(day));
        return draw(2) == 0
                   ? (void)Call(&Casebook::DeleteDossier, Named<v1::DeleteDossierRequest>(dossier))
                   : (void)Call(&Casebook::UndeleteDossier,
                                Named<v1::UndeleteDossierRequest>(dossier));
      }
      case 5:
        clock_.Advance(absl::Hours(9));
        return TurnDay();
      case 6:
        return (void)CreateCase(id, titles_[draw(3)]);
      case 7: {
        v1::Fact verdict = Custody(day);
        verdict.mutable_verdict()->set_penalty(v1::PENALTY_IMPRISONMENT);
        verdict.mutable_verdict()->set_term("P5Y");
        return (void)CreateFact(name, verdict, "f" + std::to_string(draw(6)));
      }
      default: {
        v1::Fact custody = Custody(draw(4) == 0 ? "2018-03" : day);
        custody.set_confidential(draw(5) == 0);
        return (void)CreateFact(name, custody, "f" + std::to_string(draw(6)));
      }
    }
  }

  template <class Request>
  static Request Named(const std::string& name) {
    Request request;
    request.set_name(name);
    return request;
  }

  // What a scan of all files finds, sorted.
  template <class List>
  Places Scan(List list) const {
    Places places;
    book_->Present()->ForEach([&](const FilePtr& file) { list(*file, places); });
    std::sort(places.begin(), places.end());
    return places;
  }

  template <class Wanted>
  Places ScanTitles(Wanted wanted) const {
    Places places;
    book_->Present()->ForEachPacked([&](const PackedPtr& file) {
      if (wanted(*file)) places.push_back(PlaceOf(*file));
    });
    std::sort(places.begin(), places.end());
    return places;
  }

  // What the index gives, a few at a time.
  template <class Fetch>
  static Places Walk(Fetch fetch, size_t limit) {
    Places places;
    std::string at;
    bool more = true;
    while (more) {
      more = false;
      for (const std::string& place : fetch(at, limit)) {
        if (place <= at) continue;
        places.push_back(at = place);
        more = true;
      }
    }
    return places;
  }

  template <class List>
  static auto Titles(List list) {
    return [list](const std::string& at, size_t limit) {
      Places places;
      for (const PackedPtr& file : list(at, limit)) places.push_back(PlaceOf(*file));
      return places;
    };
  }
  Places WalkDeadlines(size_t limit) const {
    const auto fetch = [this](const std::string& at, size_t limit) {
      Places places;
      for (const IndexedRow& row : book_->index().Deadlines(at, limit)) {
        const FilePtr file = book_->Open(row.file);
        places.push_back(PlaceOf(file->present->derived.deadlines[row.position]));
      }
      return places;
    };
    return Walk(fetch, limit);
  }
  // Of one side: as everyone is told, or as those who see all facts.
  static const std::vector<v1::Finding>& FindingsOf(const CaseFile& file, bool told) {
    return told ? ToldFindings(*file.present) : file.present->derived.findings;
  }
  Places WalkFindings(size_t limit, bool told) const {
    const auto fetch = [this, told](const std::string& at, size_t limit) {
      Places places;
      for (const IndexedRow& row : book_->index().Findings(at, limit, told)) {
        const FilePtr file = book_->Open(row.file);
        places.push_back(PlaceOf(FindingsOf(*file, told)[row.position]));
      }
      return places;
    };
    return Walk(fetch, limit);
  }

  PresentCounts ScanCounts() const {
    PresentCounts counts;
    book_->Present()->ForEach([&](const FilePtr& file) {
      const Derivation& derived = file->present->derived;
      counts.findings += static_cast<int64_t>(derived.findings.size());
      counts.told_findings += static_cast<int64_t>(FindingsOf(*file, true).size());
      counts.all_deadlines += static_cast<int64_t>(derived.deadlines.size());
      for (const auto& deadline : derived.deadlines) {
        ++counts.deadlines[deadline.kind()][deadline.state()];
      }
      if (file->dossier) ++(file->deleted() ? counts.deleted_dossiers : counts.live_dossiers);
      if (file->record && file->deleted()) ++counts.deleted_cases;
      if (!file->record || file->deleted()) return;
      ++counts.live_cases;
      ++counts.situations[ToldCase(*file->present).situation()];
    });
    return counts;
  }
  void ExpectIndexIsTheScan() const {
    const PresentIndex& index = book_->index();
    const auto live = [&](const std::string& at, size_t n) { return index.Cases(at, n, false); };
    const auto all = [&](const std::string& at, size_t n) { return index.Cases(at, n, true); };
    const auto dossiers = [&](const std::string& at, size_t n) {
      return index.Dossiers(at, n, false);
    };
    const auto all_dossiers = [&](const std::string& at, size_t n) {
      return index.Dossiers(at, n, true);
    };
    EXPECT_EQ(Walk(Titles(live), 2),
              ScanTitles([](const PackedFile& file) { return !file.dossier && !file.deleted; }));
    EXPECT_EQ(Walk(Titles(all), 3),
              ScanTitles([](const PackedFile& file) { return !file.dossier; }));
    EXPECT_EQ(Walk(Titles(dossiers), 1),
              ScanTitles([](const PackedFile& file) { return file.dossier && !file.deleted; }));
    EXPECT_EQ(Walk(Titles(all_dossiers), 2),
              ScanTitles([](const PackedFile& file) { return file.dossier; }));
    const Places deadlines = Scan([](const CaseFile& file, Places& places) {
      for (const auto& deadline : file.present->derived.deadlines) {
        places.push_back(PlaceOf(deadline));
      }
    });
    EXPECT_EQ(WalkDeadlines(1), deadlines);
    EXPECT_EQ(WalkDeadlines(1000), deadlines);
    for (const bool told : {false, true}) {
      const Places findings = Scan([told](const CaseFile& file, Places& places) {
        for (const auto& finding : FindingsOf(file, told)) places.push_back(PlaceOf(finding));
      });
      EXPECT_EQ(WalkFindings(1, told), findings) << told;
      EXPECT_EQ(WalkFindings(1000, told), findings) << told;
    }
    ExpectFacetsAreTheScans();
    ExpectCountsAreTheScans();
    ExpectEachFileIsOfToday();
  }

  static bool HasStanding(const PackedFile& file, int kind) {
    return std::any_of(
        file.deadlines.begin(), file.deadlines.end(),
        [kind](const PackedDeadline& one) { return one.kind == kind && Stands(one); });
  }

  void ExpectFacetsAreTheScans() const {
    const PresentIndex& index = book_->index();
    const auto is_live = [](const PackedFile& file) { return !file.dossier && !file.deleted; };
    for (int i = 0; i < v1::Situation_ARRAYSIZE; ++i) {
      const auto situation = static_cast<v1::Situation>(i);
      const auto in = [&](const std::string& at, size_t n) {
        return index.CasesIn(situation, at, n);
      };
      EXPECT_EQ(Walk(Titles(in), 2), ScanTitles([&](const PackedFile& file) {
                  return is_live(file) && file.situation == situation;
                }));
    }
    for (int i = 0; i < v1::DeadlineKind_ARRAYSIZE; ++i) {
      const auto kind = static_cast<v1::DeadlineKind>(i);
      const auto with = [&](const std::string& at, size_t n) {
        return index.CasesWith(kind, at, n);
      };
      const Places scan = ScanTitles(
          [&](const PackedFile& file) { return is_live(file) && HasStanding(file, kind); });
      EXPECT_EQ(Walk(Titles(with), 2), scan);
      EXPECT_EQ(index.CountWith(kind), scan.size());
    }
    for (int i = 0; i < v1::DeadlineState_ARRAYSIZE; ++i) {
      const auto state = static_cast<v1::DeadlineState>(i);
      const auto in = [&](const std::string& at, size_t n) {
        return index.CasesInState(state, at, n);
      };
      const Places scan = ScanTitles([&](const PackedFile& file) {
        return is_live(file) &&
               std::any_of(file.deadlines.begin(), file.deadlines.end(),
                           [i](const PackedDeadline& one) { return one.state == i; });
      });
      EXPECT_EQ(Walk(Titles(in), 2), scan);
      EXPECT_EQ(index.CountInState(state), scan.size());
    }
    for (const int length : {0, 1, 30, 400}) ExpectWithinIsTheScan(17'600, 17'600 + length);
  }

  void ExpectWithinIsTheScan(int32_t first, int32_t last) const {
    size_t rows = 0;
    const Places scan = ScanTitles([&](const PackedFile& file) {
      const auto within =
          std::count_if(file.deadlines.begin(), file.deadlines.end(),
                        [&](const auto& one) { return first <= one.day && one.day <= last; });
      rows += static_cast<size_t>(within);
      return within > 0;
    });
    const auto files = book_->index().FilesWithin(first, last, rows);
    ASSERT_TRUE(files);
    Places found;
    for (const PackedPtr& file : *files) found.push_back(PlaceOf(*file));
    std::sort(found.begin(), found.end());
    EXPECT_EQ(found, scan);
    if (rows > 0) {
      EXPECT_FALSE(book_->index().FilesWithin(first, last, rows - 1));
    }
  }

  // Whatever day its reading was derived for.
  void ExpectEachFileIsOfToday() const {
    book_->Present()->ForEach([&](const FilePtr& file) {
      const civil::Day day = LocalDay(clock_.Now(), file->zone);
      const DayReading today = ReadOn(*file, TreeRules(), day);
      EXPECT_TRUE(file->present->Covers(day));
      EXPECT_EQ(Told(today), Told(*file->present)) << file->name();
    });
  }
  static std::string Told(const DayReading& reading) {
    std::string told = reading.rendered.DebugString() + ToldCase(reading).DebugString();
    for (const auto& deadline : reading.derived.deadlines) told += deadline.DebugString();
    for (const auto& finding : reading.derived.findings) told += finding.DebugString();
    for (const auto& finding : ToldFindings(reading)) told += finding.DebugString();
    return told;
  }

  void ExpectCountsAreTheScans() const {
    const PresentCounts counts = book_->index().Counts();
    const PresentCounts scanned = ScanCounts();
    EXPECT_EQ(counts.live_cases, scanned.live_cases);
    EXPECT_EQ(counts.deleted_cases, scanned.deleted_cases);
    EXPECT_EQ(counts.live_dossiers, scanned.live_dossiers);
    EXPECT_EQ(counts.deleted_dossiers, scanned.deleted_dossiers);
    EXPECT_EQ(counts.situations, scanned.situations);
    EXPECT_EQ(counts.deadlines, scanned.deadlines);
    EXPECT_EQ(counts.all_deadlines, scanned.all_deadlines);
    EXPECT_EQ(counts.findings, scanned.findings);
    EXPECT_EQ(counts.told_findings, scanned.told_findings);
    EXPECT_EQ(counts.revision, revision());
    absl::Time midnight = absl::InfiniteFuture();
    book_->Present()->ForEach(
        [&](const FilePtr& file) { midnight = std::min(midnight, file->present->until); });
    EXPECT_EQ(book_->NextMidnight(), midnight);
  }

  const std::vector<std::string> ids_ = {"case", "case-a", "case-ab", "case-b", "casea", "cases"};
  const std::vector<std::string> titles_ = {"Somebody", "Somebody", "Алия"};
};

TEST_P(PresentIndexTest, AfterRandomCommands_EachListIsTheSortedScan) {
  for (int round = 0; round < 8; ++round) {
    RunRandomCommands(25);
    ExpectIndexIsTheScan();
  }
}

TEST_P(PresentIndexTest, AfterAStart_EachListIsTheSortedScan) {
  RunRandomCommands(80);
  const Places deadlines = WalkDeadlines(4), findings = WalkFindings(4, true);
  Open();
  EXPECT_EQ(WalkDeadlines(4), deadlines);
  EXPECT_EQ(WalkFindings(4, true), findings);
  ExpectIndexIsTheScan();
  RunRandomCommands(25);
  ExpectIndexIsTheScan();
}

INSTANTIATE_TEST_SUITE_P(Seeds, PresentIndexTest, testing::Range(1, 5));

class IndexPlaceTest : public BookTest {};

TEST_F(IndexPlaceTest, PlaceOfAnElementThatWent_GoesOnAfterIt) {
  ASSERT_THAT(CreateCase("c-one", "A"), IsOk());
  ASSERT_THAT(CreateCase("c-two", "B"), IsOk());
  const std::string place = PlaceOf(*book_->index().Cases("", 1, false).front());
  v1::DeleteCaseRequest request;
  request.set_name("cases/c-one");
  ASSERT_THAT(Call(&Casebook::DeleteCase, request), IsOk());
  const auto after = book_->index().Cases(place, 5, false);
  ASSERT_EQ(after.size(), 1u);
  EXPECT_EQ(after.front()->name, "cases/c-two");
}

TEST_F(IndexPlaceTest, TextThatIsNoPlace_IsTheBeginning) {
  ASSERT_THAT(CreateCase("c-one", "A"), IsOk());
  ASSERT_THAT(CreateFact("cases/c-one", Custody("2018-04-20")), IsOk());
  EXPECT_EQ(book_->index().Deadlines("", 1000).size(),
            book_->index().Deadlines("nowhere", 1000).size());
}

TEST_F(IndexPlaceTest, OverBy_GivesThoseThatWaitedLongestFirst) {
  ASSERT_THAT(CreateCase("c-almaty", "A"), IsOk());
  v1::CreateCaseRequest request;
  request.set_case_id("c-aqtau");
  request.mutable_case_()->set_display_name("B");
  request.mutable_case_()->set_time_zone("Asia/Aqtau");
  ASSERT_THAT(Call(&Casebook::CreateCase, request), IsOk());
  // What turns at the next midnight.
  v1::Fact event;
  event.set_date("2018-04-29");
  event.mutable_source()->set_title("court file");
  event.mutable_planned_event()->set_what("hearing");
  ASSERT_THAT(CreateFact("cases/c-almaty", event), IsOk());
  ASSERT_THAT(CreateFact("cases/c-aqtau", event), IsOk());
  const absl::Time first = book_->NextMidnight();
  EXPECT_THAT(book_->index().OverBy(first - absl::Seconds(1), 10), IsEmpty());
  EXPECT_THAT(book_->index().OverBy(first, 10), ElementsAre("cases/c-almaty"));
  EXPECT_THAT(book_->index().OverBy(first + absl::Hours(1), 10),
              ElementsAre("cases/c-almaty", "cases/c-aqtau"));
  EXPECT_THAT(book_->index().OverBy(first + absl::Hours(1), 1), ElementsAre("cases/c-almaty"));
}

}  // namespace
}  // namespace vigil::registry
