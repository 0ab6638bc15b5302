#include "gateway/act/action_words.h"

namespace vigil::gateway {
namespace {

constexpr ActionWords kEnglish = {
    .language = "en",
    .title = "Answer an alert",
    .one_day = "Date: {}",
    .window = "Between {} and {}",
    .ask = "Nothing has happened yet: an answer is given by a button below.",
    .acknowledge = "Acknowledge",
    .acknowledge_does =
        "Says that somebody looks after it. Repeats and passing on stop for everybody; the next "
        "reminder of this date still comes.",
    .put_off = "Put off",
    .put_off_does = "Nothing more is sent about it to anybody until then.",
    .put_off_held = "Somebody is held: it can be put off for one day at most.",
    .put_off_no_more = "Somebody is held, and the limit is near: it can no longer be put off.",
    .days = "{} days, until {}",
    .one = "1 day, until {}",
    .acknowledged_by_you = "You acknowledged it at {}. Nothing more needs to be done here.",
    .acknowledged_by = "Acknowledged by {} at {}. Nothing more needs to be done here.",
    .snoozed = "Put off until {}.",
    .read_on = "Read on in Vigil (needs signing in)",
    .sorry_title = "Nothing was changed",
    .sorry =
        {
            "This server takes no answers by link. Sign in to answer the alert.",
            "This is no link of ours, or not all of it was copied. Copy the whole line from the "
            "message, or sign in to answer the alert.",
            "The link is too old. Answer from a newer message, or sign in.",
            "There is nothing left to answer: the date was settled or has moved, or a newer alert "
            "took this one's place. Answer from the newest message, or sign in.",
            "Alerts no longer go where this message was sent, so the link no longer holds. Sign in "
            "to answer.",
            "It was not clear what to do: nothing was chosen, or a day that is past or too far "
            "away "
            "to put it off until. Go back and choose again.",
            "The answer could not be recorded just now. Try again in a few minutes; until then "
            "the alert stays as it is.",
        },
};

constexpr ActionWords kRussian = {
    .language = "ru",
    .title = "Ответ на напоминание",
    .one_day = "Дата: {}",
    .window = "Между {} и {}",
    .ask = "Пока ничего не произошло: ответ даёт кнопка ниже.",
    .acknowledge = "Подтвердить",
    .acknowledge_does =
        "Значит, что кто-то этим занимается. Повторы и передача другим прекращаются для всех; "
        "следующее напоминание об этой дате всё равно придёт.",
    .put_off = "Отложить",
    .put_off_does = "До этого времени никому больше ничего об этом не придёт.",
    .put_off_held = "Человек под стражей: отложить можно не больше чем на один день.",
    .put_off_no_more = "Человек под стражей, и срок близок: отложить больше нельзя.",
    .days = "На {} дн., до {}",
    .one = "На 1 день, до {}",
    .acknowledged_by_you = "Вы подтвердили {}. Больше здесь ничего делать не нужно.",
    .acknowledged_by = "Подтверждено: {}, {}. Больше здесь ничего делать не нужно.",
    .snoozed = "Отложено до {}.",
    .read_on = "Подробнее в Vigil (нужен вход)",
    .sorry_title = "Ничего не изменено",
    .sorry =
        {
            "Этот сервер не принимает ответы по ссылке. Войдите, чтобы ответить.",
            "Это не наша ссылка, или она скопирована не целиком. Скопируйте всю строку из письма "
            "или войдите, чтобы ответить.",
            "Ссылка слишком старая. Ответьте из более нового письма или войдите.",
            "Отвечать больше не на что: вопрос решён, дата сдвинулась, или пришло более новое "
            "напоминание. Ответьте из самого нового письма или войдите.",
            "Напоминания больше не отправляются туда, куда пришло это письмо, и ссылка больше не "
            "действует. Войдите, чтобы ответить.",
            "Непонятно, что сделать: ничего не выбрано, или день уже прошёл, или отложить до него "
            "нельзя: он слишком далеко. Вернитесь и выберите снова.",
            "Ответ сейчас не удалось записать. Попробуйте через несколько минут; до тех пор всё "
            "остаётся как есть.",
        },
};

// Another language is another one of them.
constexpr const ActionWords* kAll[] = {&kEnglish, &kRussian};

}  // namespace

const ActionWords& ActionWordsFor(std::string_view language) {
  for (const ActionWords* words : kAll) {
    if (language == words->language) return *words;
  }
  return kEnglish;
}

}  // namespace vigil::gateway
