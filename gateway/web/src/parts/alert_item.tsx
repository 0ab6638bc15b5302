// One alert: what it is about, how sure its date is, where it stands, what people said, and the answers to it.
import { Link } from "wouter-preact";
import type { Alert, Deadline } from "../api/types";
import { today } from "../state";
import { alertStateWords, answerWords, datesOf, stepWords, trayOf } from "../words/alert";
import { actorWords, confidenceWords, dateSentence, eligibilityWords, stateWords, titleWords } from "../words/deadline";
import { idOf } from "../words/group";
import { Answers } from "./answers";
import { Assumptions, When } from "./date_text";
import { Reasoning } from "./reasoning";

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
        {answerWords(alert).map((said) => (
          <p key={said} class="answer-said">
            {said}
          </p>
        ))}
        {["waiting", "late", "snoozed"].includes(tray) && <Answers alert={alert} about={`${title}, ${name}`} />}
      </div>
    </li>
  );
}
