import { describe, expect, it } from "vitest";
import {
  addDays,
  atHour,
  awayWords,
  daysBetween,
  dayWords,
  instantWords,
  recurrenceWords,
  spanEnd,
  spanWords,
  termWords,
  weekday,
  windowAwayWords,
} from "./dates";

describe("days", () => {
  it("Weekday_OfADay_IsNamed", () => {
    expect(weekday("2018-04-28")).toBe("Saturday");
    expect(weekday("2018-06-07")).toBe("Thursday");
    expect(weekday("2018")).not.toBe("undefined");
  });

  it("AddDays_OverMonthAndLeapDay_StaysOnTheCalendar", () => {
    expect(addDays("2018-06-01", -1)).toBe("2018-05-31");
    expect(addDays("2020-02-28", 1)).toBe("2020-02-29");
    expect(daysBetween("2018-04-28", "2018-06-07")).toBe(40);
  });

  it("DayWords_OfMonthAndYear_MakeUpNoDay", () => {
    expect(dayWords("2018-06-06")).toBe("6 June 2018");
    expect(dayWords("2017-11")).toBe("November 2017");
    expect(dayWords("2010")).toBe("2010");
  });

  it.each([
    ["2018-04-28", "today"],
    ["2018-04-29", "tomorrow"],
    ["2018-04-27", "yesterday"],
    ["2018-05-10", "in 12 days"],
    ["2018-04-20", "8 days ago"],
    ["2019-05-28", "in about 13 months"],
    ["2012-04-28", "about 6 years ago"],
  ])("AwayWords_From28April2018To%s_Say%s", (to, words) => {
    expect(awayWords("2018-04-28", to)).toBe(words);
  });
});

describe("windows", () => {
  it.each([
    ["2018-03-31", "tomorrow"],
    ["2018-04-01", "now, until 30 April 2018"],
    ["2018-04-30", "now, until 30 April 2018"],
    ["2018-05-01", "yesterday"],
  ])("WindowAwayWords_On%s_Say%s", (day, words) => {
    expect(windowAwayWords(day, "2018-04-01", "2018-04-30")).toBe(words);
  });
});

describe("spans", () => {
  it.each([
    ["2018-04-13", "13 April 2018"],
    ["2017-11", "November 2017"],
    ["2018-02-01/2018-02-10", "between 1 February 2018 and 10 February 2018"],
    ["../2018-04-28", "by 28 April 2018"],
    ["2016/..", "from 2016 on"],
    ["", "date unknown"],
  ])("SpanWords_Of%s_KeepItsPrecision", (span, words) => {
    expect(spanWords(span)).toBe(words);
  });

  it("SpanEnd_OfAMonth_SortsAfterItsDaysAndBeforeTheNextMonth", () => {
    const spans = ["", "2017-12-01", "2017-11", "2017-11-30", "../2018-04-28", "2017"];
    const sorted = spans.sort((a, b) => spanEnd(a).localeCompare(spanEnd(b)));
    expect(sorted).toEqual(["2017-11-30", "2017-11", "2017-12-01", "2017", "../2018-04-28", ""]);
  });
});

describe("terms", () => {
  it.each([
    ["P4Y8M", "4 years 8 months"],
    ["P1Y", "1 year"],
    ["P15D", "15 days"],
    ["PT72H", "72 hours"],
    ["life", "life"],
    ["P", "P"],
  ])("TermWords_Of%s_Say%s", (term, words) => {
    expect(termWords(term)).toBe(words);
  });

  it("RecurrenceWords_OfOneMonth_LeaveOutTheOne", () => {
    expect(recurrenceWords("P1M")).toBe("every month");
    expect(recurrenceWords("P6M")).toBe("every 6 months");
    expect(recurrenceWords("P1Y6M")).toBe("every 1 year 6 months");
  });
});

describe("instants", () => {
  it("InstantWords_InTheCaseZoneOf2018_UseTheOffsetOfThen", () => {
    expect(instantWords("2018-04-28T03:00:00Z")).toBe("2018-04-28 Saturday, 09:00 Almaty time");
    expect(instantWords("2018-04-27T20:00:00Z", "Asia/Atyrau")).toBe("2018-04-28 Saturday, 01:00 Atyrau time");
  });

  it("AtHour_InTheZone_GivesTheInstantOfNineOClock", () => {
    expect(atHour("2018-05-01", 9)).toBe("2018-05-01T03:00:00Z");
  });
});
