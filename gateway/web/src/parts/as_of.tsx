// The day in the world that is read: today, or any other day the record can be asked about.
import { useId, useState } from "preact/hooks";
import { asOf, chooseAsOf, isDay, today } from "../state";
import { dayWords, weekday } from "../words/dates";

export function AsOfChooser() {
  const id = useId();
  const [wrong, setWrong] = useState(false);
  const choose = (text: string) => {
    const day = text.trim();
    const ok = day === "" || isDay(day);
    setWrong(!ok);
    if (ok) chooseAsOf(day === today.value ? "" : day);
  };
  // A text field, not the browser's date field: that one shows days in the order of the browser's country.
  return (
    <form class="as-of" onSubmit={(event) => event.preventDefault()}>
      <label for={id}>As of</label>
      <input
        id={id}
        class="day-field"
        inputMode="numeric"
        autoComplete="off"
        maxLength={10}
        placeholder="YYYY-MM-DD"
        value={asOf.value || today.value}
        aria-invalid={wrong}
        aria-describedby={wrong ? `${id}-wrong` : undefined}
        onChange={(event) => choose(event.currentTarget.value)}
      />
      {wrong && (
        <span id={`${id}-wrong`} class="day-wrong" role="alert">
          Write a day as 2018-04-28
        </span>
      )}
      {asOf.value && (
        <button type="button" class="button-quiet" onClick={() => choose("")}>
          Today
        </button>
      )}
    </form>
  );
}

export function AsOfNotice() {
  const day = asOf.value;
  if (!day || day === today.value) return null;
  return (
    <div class="as-of-notice" role="status">
      <p>
        You are reading the record as of{" "}
        <strong>
          {weekday(day)}, {dayWords(day)}
        </strong>
        {today.value && `, not of today, ${dayWords(today.value)}`}.
      </p>
    </div>
  );
}
