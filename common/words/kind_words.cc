#include "common/words/kind_words.h"

#include <cstddef>
#include <iterator>

namespace vigil {
namespace {

// Each by number of DeadlineKind.
constexpr KindWords kEnglish[] = {
    {"Date", "A date needs a look."},
    {"Parole", "Parole can be asked for."},
    {"Replacement of the penalty", "A milder penalty can be asked for."},
    {"End of the sentence", "The main penalty ends."},
    {"End of a ban", "A ban ends."},
    {"Record expunged", "The criminal record is expunged."},
    {"List check", "Check the list, and ask to be taken off it."},
    {"Entry into force", "A decision enters into force."},
    {"Appeal", "Last day to appeal."},
    {"Custody limit", "Custody must be extended or end."},
    {"Motion to extend custody", "The motion to extend custody must be filed."},
    {"Forced hospital stay", "The forced hospital stay must be extended or end."},
    {"Medical review", "A commission must review the forced stay."},
    {"UN follow-up", "The State owes a UN body a report."},
    {"Extradition custody limit", "Custody for extradition must end."},
    {"Renewal of protection", "Protection must be renewed."},
    {"Duty to report", "The person must report."},
    {"INTERPOL decision", "INTERPOL owes a decision."},
    {"Limitation", "Prosecution or execution is time-barred."},
    {"Court decision", "A court owes a decision."},
    {"Next motion", "The next motion becomes possible."},
    {"Reply of the State", "The State owes a reply."},
    {"Filing with an international body", "Last day to file with an international body."},
    {"Planned event", "Something planned takes place."},
    {"Case review", "Look through the case again: nothing in it is new for long."},
    {"Date set by hand", "A date that was set by hand."},
};

constexpr KindWords kRussian[] = {
    {"Дата", "На эту дату нужно посмотреть."},
    {"УДО", "Можно просить об условно-досрочном освобождении."},
    {"Замена наказания", "Можно просить о замене наказания более мягким."},
    {"Конец срока", "Заканчивается основное наказание."},
    {"Конец запрета", "Заканчивается запрет."},
    {"Погашение судимости", "Судимость погашается."},
    {"Проверка перечня", "Проверьте перечень и просите об исключении из него."},
    {"Вступление в силу", "Решение вступает в силу."},
    {"Обжалование", "Последний день для обжалования."},
    {"Предел срока стражи", "Содержание под стражей должно быть продлено или прекращено."},
    {"Ходатайство о продлении стражи", "Должно быть подано ходатайство о продлении стражи."},
    {"Принудительное пребывание в больнице",
     "Принудительное пребывание в больнице должно быть продлено или прекращено."},
    {"Медицинское освидетельствование", "Комиссия должна пересмотреть принудительную меру."},
    {"Отчёт перед органом ООН", "Государство должно отчитаться перед органом ООН."},
    {"Предел экстрадиционного ареста", "Содержание под стражей для выдачи должно закончиться."},
    {"Продление защиты", "Защиту нужно продлить."},
    {"Явка на отметку", "Человек должен явиться на отметку."},
    {"Решение Интерпола", "Интерпол должен принять решение."},
    {"Давность", "Истекает срок давности преследования или исполнения."},
    {"Решение суда", "Суд должен принять решение."},
    {"Следующее ходатайство", "Становится возможным следующее ходатайство."},
    {"Ответ государства", "Государство должно ответить."},
    {"Обращение в международный орган", "Последний день для обращения в международный орган."},
    {"Запланированное событие", "Состоится запланированное событие."},
    {"Просмотр дела", "Просмотрите дело заново: в нём давно нет ничего нового."},
    {"Дата, заданная вручную", "Дата, которую задали вручную."},
};

static_assert(std::size(kEnglish) == std::size(kRussian));

struct Table {
  std::string_view language;
  const KindWords* rows;
};

// Another language is another line.
constexpr Table kTables[] = {{"en", kEnglish}, {"ru", kRussian}};

}  // namespace

std::vector<std::string_view> Languages() {
  std::vector<std::string_view> languages;
  for (const Table& table : kTables) languages.push_back(table.language);
  return languages;
}

const KindWords& KindWordsFor(registry::v1::DeadlineKind kind, std::string_view language) {
  const auto number = static_cast<std::size_t>(kind);
  const std::size_t row = number < std::size(kEnglish) ? number : 0;
  for (const Table& table : kTables) {
    if (table.language == language) return table.rows[row];
  }
  return kEnglish[row];
}

}  // namespace vigil
