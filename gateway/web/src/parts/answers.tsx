// What one can do about an alert: acknowledge it, with a note or until a day, put it off, hand it over.
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { acknowledgeAlert, handOverAlert, listReceivers, snoozeAlert } from "../api/client";
import { putAlert } from "../api/live";
import type { Alert, Receiver } from "../api/types";
import { today } from "../state";
import { addDays, atHour, weekday } from "../words/dates";
import { idOf } from "../words/group";

const kHour = 9;
const kDays = [1, 3, 7, 14];
const kMostNote = 500;

interface Form {
  about: string;
  busy: boolean;
  act: (work: () => Promise<Alert>) => void;
  alert: Alert;
}

/** So many days from today at nine; `forGood` offers no day, too. */
function DayChoice(props: { id: string; days: number; forGood?: boolean; choose: (days: number) => void }) {
  return (
    <select id={props.id} value={props.days} onChange={(event) => props.choose(Number(event.currentTarget.value))}>
      {props.forGood && <option value={0}>for good</option>}
      {kDays.map((count) => {
        const day = addDays(today.value, count);
        return (
          <option key={count} value={count}>
            {day} {weekday(day)}
          </option>
        );
      })}
    </select>
  );
}

function instantIn(days: number): string {
  return atHour(addDays(today.value, days), kHour);
}

function Note(props: { id: string; note: string; write: (note: string) => void }) {
  return (
    <>
      <label for={props.id}>Note</label>
      <input
        id={props.id}
        type="text"
        maxLength={kMostNote}
        value={props.note}
        onInput={(event) => props.write(event.currentTarget.value)}
      />
    </>
  );
}

function Answer(props: {
  kind: string;
  name: string;
  about: string;
  opened?: () => void;
  children: ComponentChildren;
}) {
  return (
    <details class={`answer ${props.kind}`} onToggle={(event) => event.currentTarget.open && props.opened?.()}>
      <summary>
        {props.name}
        <span class="unseen"> {props.about}</span>
      </summary>
      {props.children}
    </details>
  );
}

function Snooze({ alert, about, busy, act }: Form) {
  const id = useId();
  const [days, setDays] = useState(1);
  if (!today.value) return null;
  return (
    <Answer kind="snooze" name="Snooze" about={about}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          act(() => snoozeAlert(alert.name, instantIn(days)));
        }}
      >
        <label for={id}>Until {kHour}:00 Almaty time on</label>
        <DayChoice id={id} days={days} choose={setDays} />
        <button type="submit" class="button-quiet" disabled={busy}>
          Put off
        </button>
      </form>
    </Answer>
  );
}

function WithNote({ alert, about, busy, act }: Form) {
  const id = useId();
  const [note, setNote] = useState("");
  const [days, setDays] = useState(0);
  if (!today.value) return null;
  return (
    <Answer kind="with-note" name="With a note" about={about}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          act(() => acknowledgeAlert(alert.name, note, days > 0 ? instantIn(days) : undefined));
        }}
      >
        <Note id={`${id}-note`} note={note} write={setNote} />
        <label for={id}>Holds until {kHour}:00 on</label>
        <DayChoice id={id} days={days} forGood choose={setDays} />
        <button type="submit" class="button-quiet" disabled={busy}>
          Answer with this note
        </button>
      </form>
    </Answer>
  );
}

function HandOver({ alert, about, busy, act }: Form) {
  const id = useId();
  const [receivers, setReceivers] = useState<Receiver[]>([]);
  const [wrong, setWrong] = useState("");
  const [to, setTo] = useState("");
  const [note, setNote] = useState("");

  async function load() {
    setWrong("");
    try {
      const all = await listReceivers();
      setReceivers(all.filter((one) => !one.disabled && one.name !== alert.handedOverTo));
    } catch (error) {
      setWrong((error as Error).message);
    }
  }

  return (
    <Answer kind="hand-over" name="Hand over" about={about} opened={load}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          act(() => handOverAlert(alert.name, to, note));
        }}
      >
        <label for={id}>To</label>
        <select id={id} required value={to} onChange={(event) => setTo(event.currentTarget.value)}>
          <option value="" />
          {receivers.map((one) => (
            <option key={one.name} value={one.name}>
              {one.displayName || idOf(one.name)}
            </option>
          ))}
        </select>
        <Note id={`${id}-note`} note={note} write={setNote} />
        <button type="submit" class="button-quiet" disabled={busy || to === ""}>
          Pass it on
        </button>
        <p class="field-wrong" role="alert">
          {wrong}
        </p>
      </form>
    </Answer>
  );
}

export function Answers(props: { alert: Alert; about: string }) {
  const { alert, about } = props;
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");

  async function act(work: () => Promise<Alert>) {
    setBusy(true);
    setWrong("");
    try {
      putAlert(await work());
    } catch (error) {
      setWrong((error as Error).message);
    }
    setBusy(false);
  }

  const form = { alert, about, busy, act };
  return (
    <div class="answers">
      <button type="button" disabled={busy} onClick={() => act(() => acknowledgeAlert(alert.name, ""))}>
        Acknowledge<span class="unseen"> {about}</span>
      </button>
      <WithNote {...form} />
      <Snooze {...form} />
      <HandOver {...form} />
      <p class="field-wrong" role="alert">
        {wrong}
      </p>
    </div>
  );
}
