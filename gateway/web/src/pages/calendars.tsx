// The reader's own calendar links: made, shown once, revoked.
import { useState } from "preact/hooks";
import { createCalendar, deleteCalendar, listCalendars } from "../api/client";
import type { Calendar } from "../api/types";
import { useLoad } from "../parts/load";
import { Failure, View, Waiting } from "../parts/view";

const kCustodyOnly =
  "kind = DEADLINE_KIND_CUSTODY_LIMIT OR kind = DEADLINE_KIND_EXTRADITION_CUSTODY_LIMIT OR kind = DEADLINE_KIND_COMMITTAL_END";

/** The address of a calendar that was just made: shown once, since it is kept nowhere. */
function Address({ calendar }: { calendar: Calendar }) {
  const address = new URL(calendar.path ?? "", location.href).href;
  return (
    <div class="notice" role="status">
      <p>
        <strong>Subscribe to this address in your calendar program.</strong> It is shown this once. Whoever has it reads
        the dates: pass it to nobody, and revoke it below when in doubt.
      </p>
      <div class="field">
        <label for="calendar-address">Address of the calendar</label>
        <input
          id="calendar-address"
          type="text"
          readOnly
          value={address}
          onFocus={(event) => event.currentTarget.select()}
        />
      </div>
      <p>
        <a href={address.replace(/^https?:/, "webcal:")}>Open it in this machine's calendar program</a>
      </p>
    </div>
  );
}

function NewCalendar(props: { made: (calendar: Calendar) => void }) {
  const [name, setName] = useState("Vigil");
  const [custody, setCustody] = useState(false);
  const [names, setNames] = useState(false);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");

  async function submit(event: Event) {
    event.preventDefault();
    setBusy(true);
    setWrong("");
    try {
      props.made(await createCalendar({ displayName: name, filter: custody ? kCustodyOnly : "", private: names }));
    } catch (error) {
      setWrong((error as Error).message);
    }
    setBusy(false);
  }

  return (
    <form class="calendar-form" onSubmit={submit}>
      <div class="field">
        <label for="calendar-name">Name in the calendar program</label>
        <input
          id="calendar-name"
          type="text"
          maxLength={100}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </div>
      <label class="choice">
        <input type="checkbox" checked={custody} onChange={(event) => setCustody(event.currentTarget.checked)} /> Only
        what ends somebody's custody or committal
      </label>
      <label class="choice">
        <input type="checkbox" checked={names} onChange={(event) => setNames(event.currentTarget.checked)} /> With names
        of people and titles
      </label>
      <p class="hint">
        Without names an event is the case's code and the kind of its date. With them, they lie on the servers of
        whoever runs your calendar.
      </p>
      <button type="submit" disabled={busy}>
        Make a calendar link
      </button>
      <p class="field-wrong" role="alert">
        {wrong}
      </p>
    </form>
  );
}

function CalendarItem(props: { calendar: Calendar; revoked: () => void }) {
  const { calendar } = props;
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");

  async function revoke() {
    setBusy(true);
    try {
      await deleteCalendar(calendar.name);
      props.revoked();
    } catch (error) {
      setWrong((error as Error).message);
      setBusy(false);
    }
  }

  const title = calendar.displayName || "Vigil";
  return (
    <li class="calendar">
      <div>
        <strong>{title}</strong> <span class="hint-inline">of {calendar.owner}</span>
        <p class="hint">
          Made on {calendar.createTime?.slice(0, 10)}; {calendar.private ? "with names" : "without names"};{" "}
          {calendar.filter ? "some kinds of dates" : "all dates"}.
        </p>
        <p class="field-wrong" role="alert">
          {wrong}
        </p>
      </div>
      <button type="button" class="button-quiet" disabled={busy} onClick={revoke}>
        Revoke<span class="unseen"> the calendar {title}</span>
      </button>
    </li>
  );
}

export function Calendars() {
  const loaded = useLoad((signal) => listCalendars(signal), []);
  const [made, setMade] = useState<Calendar>();

  function revoked(calendar: Calendar) {
    if (made?.name === calendar.name) setMade(undefined);
    loaded.again();
  }

  return (
    <View title="Calendar" heading="Dates in your own calendar">
      <p>
        A calendar link shows the dates of the last 60 days and the next two years in the calendar program you use.
        Programs look for changes when they like, some once a day, and most drop its reminders:{" "}
        <strong>it is a view, not an alert</strong>. Alerts come to you by mail all the same.
      </p>
      {made && <Address calendar={made} />}
      <NewCalendar
        made={(calendar) => {
          setMade(calendar);
          loaded.again();
        }}
      />
      <h2>Links that hold</h2>
      <Failure what="The calendars could not be read." error={loaded.error} again={loaded.again} />
      {!loaded.data && !loaded.error && <Waiting what="calendars" />}
      {loaded.data?.length === 0 && <p class="empty">There are none.</p>}
      <ul class="calendars">
        {loaded.data?.map((calendar) => (
          <CalendarItem key={calendar.name} calendar={calendar} revoked={() => revoked(calendar)} />
        ))}
      </ul>
    </View>
  );
}
