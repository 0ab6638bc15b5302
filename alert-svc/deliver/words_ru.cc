// Every Russian word that a message may hold, but for those of the kinds (common/words).
#include <fmt/format.h>

#include "alert-svc/deliver/finding_lines.h"
#include "alert-svc/deliver/wording.h"
#include "common/words/kind_words.h"

namespace vigil::alert::words {
namespace {

namespace reg = registry::v1;

constexpr Labels kLabels = {
    .change = "Изменение",
    .person = "Человек",
    .handed_over_by = "Кто передал",
    .note = "Примечание",
    .what = "Что",
    .when = "Когда",
    .now = "Сейчас",
    .how_sure = "Насколько точно",
    .assumed = "Допущения",
    .condition = "Условие",
    .other = "Или",
    .rule = "Правило",
    .confidence = "Надёжность",
    .act = "Сделать",
    .steps = "Как считали",
    .answer = "Подтвердить или отложить без входа",
    .read_on = "Подробнее и подтвердить",
    .settings = "Чтобы изменить, о чём вам сообщают, обратитесь к тому, кто ведёт Vigil у вас.",
    .receiver = "Получатель",
    .what_happened = "Что случилось",
    .since = "С какого времени",
    .answer_was = "Его ответ",
    .given_up = "Не доставлено",
    .look_after = "Разобраться",
};

// After a day's number: genitive.
constexpr std::string_view kMonths[] = {"января",   "февраля", "марта",  "апреля",
                                        "мая",      "июня",    "июля",   "августа",
                                        "сентября", "октября", "ноября", "декабря"};

// 1 день, 2 дня, 5 дней, 11 дней, 21 день.
std::string_view Plural(int64_t n, std::string_view one, std::string_view few,
                        std::string_view many) {
  if (n % 100 >= 11 && n % 100 <= 14) return many;
  if (n % 10 == 1) return one;
  return n % 10 >= 2 && n % 10 <= 4 ? few : many;
}

std::string_view Days(int64_t n) { return Plural(n, "день", "дня", "дней"); }

std::string InDays(int64_t days) {
  if (days == 0) return "сегодня";
  if (days == 1) return "завтра";
  return fmt::format("через {} {}", days, Days(days));
}

std::string_view ClosedWords(reg::DeadlineState state) {
  switch (state) {
    case reg::DEADLINE_STATE_MET:
      return "сделано";
    case reg::DEADLINE_STATE_WAIVED:
      return "снято";
    default:
      return "отменено";
  }
}

// A few words, without a date, for what has begun or gone by.
std::string_view PastWords(const reg::Deadline& d, Day today) {
  switch (d.nature()) {
    case reg::DEADLINE_NATURE_ACT_BEFORE:
      return MayBeLater(d) ? "может быть, просрочено" : "просрочено";
    case reg::DEADLINE_NATURE_OPENS:
      return IsOpenForSure(d, today) ? "уже открыто" : "может быть, уже открыто";
    case reg::DEADLINE_NATURE_STATE_DUE:
      return "ответ неизвестен";
    default:
      return MayBeLater(d) ? "может быть, прошло" : "прошло, не подтверждено";
  }
}

class Russian final : public Words {
 public:
  using Words::DayText;
  const char* Language() const override { return "ru"; }
  const Labels& GetLabels() const override { return kLabels; }
  std::string_view KindText(reg::DeadlineKind kind) const override {
    return KindWordsFor(kind, Language()).title;
  }
  std::string_view WhatText(reg::DeadlineKind kind) const override {
    return KindWordsFor(kind, Language()).what;
  }

  std::string DayText(Day day) const override {
    const std::chrono::year_month_day date(day);
    return fmt::format("{} {} {} года", static_cast<unsigned>(date.day()),
                       kMonths[static_cast<unsigned>(date.month()) - 1],
                       static_cast<int>(date.year()));
  }

  std::string SpanText(std::string_view earliest, std::string_view latest) const override {
    if (latest.empty() || latest == earliest) return DayText(earliest);
    return fmt::format("с {} по {}", DayText(earliest), DayText(latest));
  }

  std::string WhenText(const reg::Deadline& d) const override {
    if (!d.earliest_time().empty()) return HourText(d);
    const std::string span = Span(d);
    switch (d.boundary()) {
      case reg::DEADLINE_BOUNDARY_BEFORE_DAY:
        return BeforeDayText(d);
      case reg::DEADLINE_BOUNDARY_END_OF_DAY:
        return fmt::format("До конца суток (24:00): {}.", span);
      case reg::DEADLINE_BOUNDARY_FROM_DAY:
        return fmt::format("С начала суток (00:00): {}.", span);
      default:
        return fmt::format("День: {}.", span);
    }
  }

  std::string SureText(const reg::Deadline& d, MessageItem::Doubt doubt) const override {
    const std::string first = DayText(d.earliest());
    const std::string last = DayText(LatestOf(d));
    switch (d.precision()) {
      case reg::DEADLINE_PRECISION_EXACT:
        return "Точно: известны все даты, от которых считали.";
      case reg::DEADLINE_PRECISION_WINDOW:
        return fmt::format("С {} по {}: то, от чего считали, известно лишь приблизительно.", first,
                           last);
      case reg::DEADLINE_PRECISION_NO_LATER_THAN:
        return fmt::format("Не позднее {}: {}.", last, EarlierText(d.nature(), doubt));
      case reg::DEADLINE_PRECISION_NO_EARLIER_THAN:
        return fmt::format("Не ранее {}: {}.", first,
                           doubt == MessageItem::Doubt::kAppeal
                               ? "это дата на случай, если никто не обжаловал"
                               : "неизвестный факт может отодвинуть дату");
      case reg::DEADLINE_PRECISION_ESTIMATE:
        return "Оценка: может наступить раньше или позже.";
      default:
        return "Насколько точна дата, не сказано.";
    }
  }

  std::string StandText(const reg::Deadline& d, Day today) const override {
    if (d.state() == reg::DEADLINE_STATE_WITHDRAWN) return "Отменено: больше не действует.";
    if (d.state() == reg::DEADLINE_STATE_MET) return "Сделано.";
    if (d.state() == reg::DEADLINE_STATE_WAIVED) return "Снято.";
    if (IsPast(d, today)) return PastText(d, today);
    const std::optional<int64_t> first = DaysTo(today, d.earliest());
    if (!first.has_value()) return "";
    const int64_t last = DaysTo(today, LatestOf(d)).value_or(0);
    if (d.nature() == reg::DEADLINE_NATURE_LIMIT) return LimitText(d, *first, last);
    if (*first > 0) return ComesText(d, *first, last);
    return last == 0 ? "Сегодня."
                     : fmt::format("Уже наступает; последний возможный день — {}.", InDays(last));
  }

  std::string UrgencyText(const reg::Deadline& d, Day today) const override {
    if (IsSettled(d)) return std::string(ClosedWords(d.state()));
    if (IsPast(d, today)) return std::string(PastWords(d, today));
    const int64_t first = DaysTo(today, d.earliest()).value_or(0);
    return first > 0 ? InDays(first) : "срок наступил";
  }

  std::string_view ActionText(const reg::Deadline& d, Day today) const override {
    const bool past = IsPast(d, today);
    if (past && d.nature() == reg::DEADLINE_NATURE_HAPPENS) {
      return "Это происходит само: запишите, произошло ли.";
    }
    switch (d.actor()) {
      case reg::DEADLINE_ACTOR_US:
        return "Это за нами: откройте дело, сделайте и отметьте.";
      case reg::DEADLINE_ACTOR_COUNSEL:
        return "Это делает защитник: проверьте, что он знает, и отметьте, когда сделано.";
      case reg::DEADLINE_ACTOR_STATE:
        return past ? "Это должно было сделать государство: узнайте, сделало ли, и запишите."
                    : "Это должно сделать государство: спросите, что намечено, и следите, сделает "
                      "ли.";
      default:
        return "Посмотрите дело и запишите, что произошло.";
    }
  }

  std::string AssumptionText(std::string_view code) const override {
    if (code == "NO_APPEAL") return "считаем, что никто не обжаловал";
    if (code == "CUSTODY_FROM_VERDICT") return "стражу считаем со дня приговора";
    if (code == "GRAVITY_ASSUMED") return "тяжесть деяния предположена";
    if (code == "PART_UNKNOWN") return "часть статьи неизвестна";
    if (code == "GRAVITY_UNKNOWN") return "тяжесть деяния неизвестна";
    if (code == "CUSTODY_NOT_CREDITED") return "стража может зачитываться больше, чем здесь";
    if (code == "RELEASED_ON_ENTRY_INTO_FORCE") return "освобождение — в день вступления в силу";
    if (code == "DID_NOT_HIDE") return "считаем, что человек не скрывался";
    if (code == "FINE_PAID_AT_ONCE") return "считаем, что штраф уплачен сразу";
    if (code == "ORDER_UNKNOWN") return "порядок некоторых событий неизвестен";
    if (code == "LAW_READ_IN_2025_EDITION") return "закон прочитан в редакции 2025 года";
    return std::string(code);
  }

  std::string_view ConfidenceText(reg::Confidence confidence) const override {
    switch (confidence) {
      case reg::CONFIDENCE_LOW:
        return "Низкая: правило должен проверить юрист.";
      case reg::CONFIDENCE_MEDIUM:
        return "Средняя: правило прочитано в другой редакции.";
      case reg::CONFIDENCE_HIGH:
        return "Высокая: правило прочитано в редакции на этот день.";
      default:
        return "";
    }
  }

  std::string OtherText(std::string_view when) const override {
    return fmt::format("Если считать от другого возможного дня. {}", when);
  }
  std::string MovedText(std::string_view told) const override {
    return told.empty() ? "Дата сдвинулась."
                        : fmt::format("Дата сдвинулась. Вам сообщали: {}.", told);
  }
  std::string WithdrawnText(std::string_view told) const override {
    return told.empty() ? "Отменено: больше не действует."
                        : fmt::format("Отменено: больше не действует. Вам сообщали: {}.", told);
  }

  std::string SubjectText(const Message& message) const override {
    switch (message.form) {
      case Message::Form::kSummary:
        return fmt::format("Vigil: сводка прошедшего, {}", CountText(message.items.size()));
      case Message::Form::kDigest:
        return fmt::format("Vigil: сводка, {}", DatesText(message));
      case Message::Form::kTest:
        return "Vigil: пробное сообщение";
      case Message::Form::kTrouble:
        return "Vigil: до получателя ничего не доходит";
      case Message::Form::kSingle:
        break;
    }
    if (message.items.empty()) return "Vigil";
    const MessageItem& item = message.items.front();
    return fmt::format("[{}] {}{}", CaseCode(item.deadline.name()), Urgency(message, item),
                       message.level == 0    ? ""
                       : message.undelivered ? ", не доставлено"
                                             : ", не подтверждено");
  }

  std::string HeadingText(const Message& message) const override {
    switch (message.form) {
      case Message::Form::kSummary:
        return fmt::format("Что прошло к {}", DayText(message.today));
      case Message::Form::kDigest:
        return fmt::format("Сводка за {}", DayText(message.today));
      case Message::Form::kTest:
        return "Пробное сообщение: срока нет, делать ничего не нужно";
      case Message::Form::kTrouble:
        return "До получателя ничего не доходит";
      case Message::Form::kSingle:
        break;
    }
    if (message.items.empty()) return "Vigil";
    const MessageItem& item = message.items.front();
    return fmt::format("{}: {}, {}", CaseCode(item.deadline.name()), KindText(item.deadline.kind()),
                       Urgency(message, item));
  }

  std::string WhyText(const Message& message) const override {
    std::string why = "Вы получили это ";
    switch (message.form) {
      case Message::Form::kSummary:
        why += "один раз: это сводка того, что уже прошло, когда вас подписали";
        break;
      case Message::Form::kDigest:
        why += "как сводку по вашей подписке";
        break;
      case Message::Form::kTest:
        why += "потому, что кто-то проверяет, доходят ли до вас напоминания";
        break;
      case Message::Form::kTrouble:
        why += "один раз, потому что вы отвечаете за этого получателя или замещаете его";
        break;
      case Message::Form::kSingle:
        why += message.items.empty() ? "по вашей подписке" : SingleText(message);
        break;
    }
    if (message.level > 0) {
      why += message.undelivered
                 ? "; до того, кому оно было отправлено, оно не дошло, и теперь приходит вам"
                 : "; никто не подтвердил, и теперь сообщение приходит вам";
    }
    return why + ".";
  }

  std::string_view TroubleText(v1::Trouble::Kind kind) const override {
    switch (kind) {
      case v1::Trouble::KIND_GONE:
        return "Он ответил, что его больше нет, и отключён: туда больше ничего не отправляется.";
      case v1::Trouble::KIND_FAILING:
        return "Он двое суток ничего не принимает. От каждого сообщения мы отказываемся через трое "
               "суток после первой попытки; после пяти суток без единого успеха получатель будет "
               "отключён.";
      case v1::Trouble::KIND_GIVEN_UP:
        return "Он пять суток ничего не принимал и отключён: туда больше ничего не отправляется.";
      case v1::Trouble::KIND_BAD_ADDRESS:
        return "Почту для него не приняли: такого адреса нет. На этот адрес больше ничего не "
               "отправляется.";
      case v1::Trouble::KIND_REFUSED:
        return "Почту для него не приняли по правилам его сервера, а не из-за адреса. Следующие "
               "сообщения отправляются как обычно.";
      default:
        return "";
    }
  }
  std::string_view RemedyText(v1::Trouble::Kind kind) const override {
    switch (kind) {
      case v1::Trouble::KIND_FAILING:
        return "Устраните то, что мешает. То, что не дошло, передаётся тем, кто замещает.";
      case v1::Trouble::KIND_BAD_ADDRESS:
        return "Укажите правильный адрес; если верен прежний, запишите его ещё раз. До тех пор "
               "всё, что ему причитается, сразу передаётся тем, кто замещает.";
      case v1::Trouble::KIND_REFUSED:
        return "Узнайте, чего его сервер требует от нашего: подписи, другого отправителя, "
               "шифрования, исключения из списка. То, что не дошло, передано тем, кто замещает, и "
               "может быть отправлено ещё раз.";
      default:
        return "Исправьте, куда он ведёт, включите его снова, проверьте и отправьте ещё раз то, "
               "что не дошло. До тех пор всё, что ему причитается, сразу передаётся тем, кто "
               "замещает.";
    }
  }
  std::string GivenUpText(int messages) const override {
    return fmt::format("{} {}", messages, Plural(messages, "сообщение", "сообщения", "сообщений"));
  }
  std::string OverviewText(int soon, int days, int later, int past) const override {
    return fmt::format("В ближайшие {} {}: {}; позже: {}; открыто, прошло или закрыто: {}.", days,
                       Days(days), soon, later, past);
  }
  std::string FindingsText(size_t count, size_t cases, bool more) const override {
    const auto n = static_cast<int64_t>(count), m = static_cast<int64_t>(cases);
    return fmt::format(
        "{}{} {} в {} {}: чего не хватает и что не сходится", more ? "самое меньшее " : "", n,
        Plural(n, "замечание", "замечания", "замечаний"), m, Plural(m, "деле", "делах", "делах"));
  }
  std::string MoreText(size_t count) const override { return fmt::format("и ещё {}", count); }
  std::string KnownText(std::string_view moment) const override {
    return fmt::format("По данным на {}; того, что пришло позже, здесь нет.", moment);
  }
  std::string ShortCodeText(std::string_view code) const override {
    return fmt::format("Код {}", code);
  }

 private:
  std::string DayBefore(std::string_view iso) const {
    const std::optional<Day> day = ParseDay(iso);
    return day.has_value() ? DayText(*day - std::chrono::days(1)) : std::string(iso);
  }

  // "2018-06-07T14:30:00+06:00" → "7 июня 2018 года, 14:30 (UTC+06:00)".
  std::string TimeText(std::string_view rfc3339) const {
    if (rfc3339.size() < 19) return std::string(rfc3339);
    std::string_view zone = rfc3339.substr(19);
    if (!zone.empty() && zone.front() == '.') {
      const size_t end = zone.find_first_of("+-Z");
      zone = end == std::string_view::npos ? std::string_view() : zone.substr(end);
    }
    if (zone == "Z") zone = "";
    return fmt::format("{}, {} (UTC{})", DayText(rfc3339.substr(0, 10)), rfc3339.substr(11, 5),
                       zone);
  }

  std::string Span(const reg::Deadline& d) const {
    if (IsSingleDay(d)) return DayText(d.earliest());
    return fmt::format("один из дней с {} по {}", DayText(d.earliest()), DayText(d.latest()));
  }

  std::string BeforeDayText(const reg::Deadline& d) const {
    const std::string before = DayBefore(d.earliest());
    const std::string before_latest = DayBefore(LatestOf(d));
    if (IsHolding(d)) {
      if (IsSingleDay(d)) {
        return fmt::format("Законно {}до конца {}; продлить или прекратить нужно до {} 00:00.",
                           BoundText(d), before, DayText(d.earliest()));
      }
      return fmt::format(
          "Законно самое меньшее до конца {}, самое большее до конца {}; продлить или прекратить "
          "нужно до 00:00 дня: {}.",
          before, before_latest, Span(d));
    }
    if (IsSingleDay(d)) {
      return fmt::format("До конца {}, до {} 00:00.", before, DayText(d.earliest()));
    }
    return fmt::format("Надёжнее до конца {}, самое позднее до конца {}.", before, before_latest);
  }

  std::string HourText(const reg::Deadline& d) const {
    const std::string first = TimeText(d.earliest_time());
    const bool single = d.latest_time().empty() || d.latest_time() == d.earliest_time();
    const std::string span =
        single ? first : fmt::format("{} — {}", first, TimeText(d.latest_time()));
    if (IsHolding(d)) {
      return fmt::format("Законно до: {}; к этому времени продлить или прекратить.", span);
    }
    return fmt::format("До: {}.", span);
  }

  // Of a limit that is not past; `first` and `last`: days to the days it can end on.
  std::string LimitText(const reg::Deadline& d, int64_t first, int64_t last) const {
    const bool begins =
        d.boundary() == reg::DEADLINE_BOUNDARY_BEFORE_DAY && d.earliest_time().empty();
    const auto ends = [begins](int64_t days) {
      return begins && days == 1 ? std::string("завтра в 00:00") : InDays(days);
    };
    if (IsSingleDay(d)) return fmt::format("Истекает {}{}.", BoundText(d), ends(first));
    if (first > 0) return fmt::format("Истекает самое раннее {}.", ends(first));
    return fmt::format("Может быть, уже истекло; самое позднее истекает {}.", ends(last));
  }

  // Before a day that is not certain.
  std::string_view BoundText(const reg::Deadline& d) const {
    if (MayBeEarlier(d) && MayBeLater(d)) return "по оценке ";
    if (MayBeEarlier(d)) return "самое позднее ";
    return MayBeLater(d) || !IsSingleDay(d) ? "самое раннее " : "";
  }

  // Of what has not begun; `first` and `last`: days to the days it can begin on.
  std::string ComesText(const reg::Deadline& d, int64_t first, int64_t last) const {
    const bool latest = d.precision() == reg::DEADLINE_PRECISION_NO_LATER_THAN;
    const bool opens = d.nature() == reg::DEADLINE_NATURE_OPENS;
    return fmt::format("{} {}{}.", opens ? "Откроется" : "Наступит", BoundText(d),
                       InDays(latest ? last : first));
  }

  std::string OpenText(const reg::Deadline& d, Day today) const {
    if (MayBeLater(d)) {
      return fmt::format("Может быть, открыто с {}; это не точно.", DayText(d.earliest()));
    }
    const std::string last = DayText(LatestOf(d));
    if (!IsOpenForSure(d, today)) {
      return fmt::format("Может быть, уже открыто; самое позднее откроется {}.", last);
    }
    return fmt::format("Открыто {}с {}.",
                       IsSingleDay(d) && !MayBeEarlier(d) ? "" : "не позднее чем ", last);
  }

  std::string EarlierText(reg::DeadlineNature nature, MessageItem::Doubt doubt) const {
    const bool opens = nature == reg::DEADLINE_NATURE_OPENS;
    if (doubt == MessageItem::Doubt::kCustodyBegin) {
      return opens ? "может быть, уже открыто; день задержания неизвестен"
                   : "день задержания неизвестен и может приблизить дату";
    }
    return opens ? "может быть, уже открыто; неизвестный факт может приблизить дату"
                 : "неизвестный факт может приблизить дату";
  }

  std::string PastText(const reg::Deadline& d, Day today) const {
    // Of a boundary before a day, the last day was the one before.
    const bool before = d.boundary() == reg::DEADLINE_BOUNDARY_BEFORE_DAY;
    const std::string last = before ? DayBefore(LatestOf(d)) : DayText(LatestOf(d));
    const bool later = MayBeLater(d);
    const std::string_view doubt = later ? "; это не точно" : ", не подтверждено";
    switch (d.nature()) {
      case reg::DEADLINE_NATURE_ACT_BEFORE:
        return later ? fmt::format("Может быть, просрочено с конца {}; это не точно.", last)
                     : fmt::format("Просрочено с конца {}.", last);
      case reg::DEADLINE_NATURE_OPENS:
        return OpenText(d, today);
      case reg::DEADLINE_NATURE_STATE_DUE:
        return fmt::format("Об ответе ничего не известно; он должен был быть {}до {}.",
                           IsSingleDay(d) ? BoundText(d) : "", last);
      case reg::DEADLINE_NATURE_LIMIT:
        return fmt::format("{} в конце {}{}: {}", later ? "Может быть, истекло" : "Истекло", last,
                           doubt, IsHolding(d) ? "продлили или прекратили?" : "закончилось ли?");
      default:
        return fmt::format("{} {}{}: произошло ли?", later ? "Может быть, прошло" : "Прошло", last,
                           doubt);
    }
  }

  std::string Urgency(const Message& message, const MessageItem& item) const {
    if (item.change == MessageItem::Change::kWithdrawn) return "отменено";
    const std::string urgency = UrgencyText(item.deadline, message.today);
    return item.change == MessageItem::Change::kMoved ? "дата сдвинулась, теперь: " + urgency
                                                      : urgency;
  }

  std::string CountText(size_t size) const {
    const auto count = static_cast<int64_t>(size);
    return fmt::format("{} {}", count, Plural(count, "дата", "даты", "дат"));
  }

  // "58 дат, ближайшая через 2 дня".
  std::string DatesText(const Message& message) const {
    if (message.items.empty() && !message.findings.empty()) {
      return FindingsText(message.findings.size(), FindingLinesOf(message).cases,
                          message.more_findings);
    }
    const Spread spread = SpreadOf(message);
    const std::string text = CountText(spread.count);
    if (spread.next == 0) return text + ", срок наступил";
    return spread.next < 0 ? text : fmt::format("{}, ближайшая {}", text, InDays(spread.next));
  }

  // Why a single came; of what was passed on, as what it had gone out before.
  std::string SingleText(const Message& message) const {
    if (message.why == Message::Why::kHourly) return HourlyText(message.hours_left);
    if (message.level > 0) return LeadText(message);
    switch (message.why) {
      case Message::Why::kHandedOver:
        return "потому, что его передали вам: ответить на него теперь должны вы";
      case Message::Why::kPutOff:
        return "ещё раз: его отложили до этого времени";
      default:
        return LeadText(message) +
               (message.again > 0 ? "; повторяем, потому что никто не подтвердил" : "");
    }
  }

  std::string HourlyText(int hours) const {
    return fmt::format(
        "как напоминание за {} {} до срока; такие приходят каждый час, пока кто-нибудь не "
        "подтвердит",
        hours, Plural(hours, "час", "часа", "часов"));
  }

  std::string LeadText(const Message& message) const {
    const MessageItem& item = message.items.front();
    if (item.change != MessageItem::Change::kNone) {
      return "потому, что изменилась дата, о которой вам сообщали";
    }
    const int days = std::abs(item.step);
    const std::string lead =
        item.step == 0 ? "в самый день"
                       : fmt::format("{}{} {} {}", item.step > 0 ? "за " : "через ", days,
                                     Days(days), item.step > 0 ? "до даты" : "после даты");
    switch (TimingOf(message)) {
      case Timing::kEarly:
        return fmt::format("как напоминание «{}», раньше из-за выходных", lead);
      case Timing::kLate:
        return fmt::format("как запоздавшее напоминание «{}»", lead);
      case Timing::kAgain:
        return fmt::format("как напоминание «{}»", lead);
      case Timing::kOnItsDay:
        break;
    }
    return "как напоминание " + lead;
  }
};

}  // namespace

std::unique_ptr<Words> MakeRussian() { return std::make_unique<Russian>(); }

}  // namespace vigil::alert::words
