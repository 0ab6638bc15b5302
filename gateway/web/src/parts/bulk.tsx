// Acknowledging many alerts at once, asked twice.
import { useState } from "preact/hooks";
import { acknowledgeAlert } from "../api/client";
import { putAlert } from "../api/live";
import type { Alert } from "../api/types";

const kAtOnce = 8;

export function AcknowledgeAll(props: { alerts: Alert[] }) {
  const { alerts } = props;
  const [asked, setAsked] = useState(false);
  const [done, setDone] = useState<number>();
  const [wrong, setWrong] = useState("");

  async function acknowledgeAll() {
    setWrong("");
    try {
      for (let i = 0; i < alerts.length; i += kAtOnce) {
        setDone(i);
        const answered = await Promise.all(
          alerts.slice(i, i + kAtOnce).map((alert) => acknowledgeAlert(alert.name, "")),
        );
        answered.forEach(putAlert);
      }
    } catch (error) {
      setWrong((error as Error).message);
    }
    setDone(undefined);
    setAsked(false);
  }

  return (
    <div class="bulk">
      {!asked && (
        <button type="button" class="button-quiet" onClick={() => setAsked(true)}>
          Acknowledge all {alerts.length}
        </button>
      )}
      {asked && (
        <>
          <button type="button" disabled={done !== undefined} onClick={acknowledgeAll}>
            {done === undefined ? `Yes, acknowledge these ${alerts.length}` : `${alerts.length} left…`}
          </button>
          <button type="button" class="button-quiet" disabled={done !== undefined} onClick={() => setAsked(false)}>
            Cancel
          </button>
          <p class="hint">Repeats and escalation of them stop for everybody.</p>
        </>
      )}
      <p class="field-wrong" role="alert">
        {wrong}
      </p>
    </div>
  );
}
