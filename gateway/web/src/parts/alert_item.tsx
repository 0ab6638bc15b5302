// One alert: what it is about, how sure its date is, where it stands, and the two answers to it.
import { useId, useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { acknowledgeAlert, snoozeAlert } from "../api/client";
import { putAlert } from "../api/live";
import type { Alert, Deadline } from "../api/types";
import { today } from "../state";
import { alertStateWords, datesOf, stepWords, trayOf } from "../words/alert";
import { addDays, atHour, weekday } from "../words/dates";
import { actorWords, confidenceWords, dateSentence, eligibilityWords, stateWords, titleWords } from "../words/deadline";
import { idOf } from "../words/group";
import { Assumptions, When } from "./date_text";
import { Reasoning } from "./reasoning";

const kSnoozeHour = 9;
const kSnoozeDays = [1, 3, 7, 14];

function Snooze(props: { about: string; busy: boolean; until: (instant: string) => void }) {
  const id = useId();
  const [days, setDays] = useState(1);
  if (!today.value) return null;
  return (
    <details class="snooze">
      <summary>
        Snooze<span class="unseen"> {props.about}</span>
      </summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          props.until(atHour(addDays(today.value, days), kSnoozeHour));
        }}
      >
        <label for={id}>Until {kSnoozeHour}:00 Almaty time on</label>
        <select id={id} value={days} onChange={(event) => setDays(Number(event.currentTarget.value))}>
          {kSnoozeDays.map((count) => {
            const day = addDays(today.value, count);
            return (
              <option key={count} value={count}>
                {day} {weekday(day)}
              </option>
            );
          })}
        </select>
        <button type="submit" class="button-quiet" disabled={props.busy}>
          Put off
        </button>
      </form>
    </details>
  );
}

function Answers(props: { alert: Alert; about: string }) {
  const { alert, about } = props;
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");

  async function act(work: Promise<Alert>) {
    setBusy(true);
    setWrong("");
    try {
      putAlert(await work);
    } catch (error) {
      setWrong((error as Error).message);
    }
    setBusy(false);
  }

  return (
    <div class="answers">
      <button type="button" disabled={busy} onClick={() => act(acknowledgeAlert(alert.name, ""))}>
        Acknowledge<span class="unseen"> {about}</span>
      </button>
      <Snooze about={about} busy={busy} until={(instant) => act(snoozeAlert(alert.name, instant))} />
      <p class="field-wrong" role="alert">
        {wrong}
      </p>
    </div>
  );
}

/** What is said of the deadline as it is now. */
function About(props: { deadline: Deadline; about: string }) {
  const { deadline, about } = props;
  const eligibility = eligibilityWords(deadline);
  return (
    <>
      <Assumptions deadline={deadline} />
      {eligibility && <p class="eligibility">{eligibility}</p>}
      {deadline.action && <p class="action">{deadline.action}</p>}
      <Reasoning
        explanation={deadline.explanation}
        rule={deadline.rule}
        citation={deadline.citation}
        actor={actorWords(deadline.actor)}
        confidence={confidenceWords(deadline.confidence)}
        facts={[]}
        about={about}
      />
    </>
  );
}

interface Props {
  alert: Alert;
  /** The deadline as it is now, where it is known. */
  deadline?: Deadline;
  /** Name the case: in lists over several cases. */
  withCase?: boolean;
  /** What its dossier is called, where it belongs to one. */
  dossier?: string;
}

export function AlertItem({ alert, deadline, withCase, dossier }: Props) {
  const tray = trayOf(alert);
  const title = titleWords(alert);
  const name = alert.caseDisplayName || dossier || idOf(alert.case);
  const dates = deadline ?? datesOf(alert);
  const moved = deadline && (deadline.earliest !== alert.earliest || deadline.latest !== alert.latest);
  return (
    <li class="alert" data-tray={tray} data-alert={idOf(alert.name)}>
      <When of={dates} day={today.value} />
      <div class="what">
        <h3>
          {withCase && (
            <>
              {alert.case.startsWith("cases/") ? (
                <Link href={`/cases/${idOf(alert.case)}#deadline-${idOf(alert.deadline)}`}>{name}</Link>
              ) : (
                name
              )}
              <span class="dash"> – </span>
            </>
          )}
          {title} {deadline && <span class="state">{stateWords(deadline)}</span>}
        </h3>
        <p class="certainty">{dateSentence(dates)}</p>
        {moved && <p class="flag">The date has moved: this alert was made for {alert.earliest}.</p>}
        {deadline && <About deadline={deadline} about={withCase ? `${title}, ${name}` : title} />}
        <p class="alert-state">
          {alertStateWords(alert)}
          {tray !== "late" && ` · ${stepWords(alert.step)}`}
        </p>
        {["waiting", "late", "snoozed"].includes(tray) && <Answers alert={alert} about={`${title}, ${name}`} />}
      </div>
    </li>
  );
}
