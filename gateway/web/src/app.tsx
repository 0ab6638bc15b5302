// Which view an address shows; without a session, the sign-in in its place.
import { useEffect } from "preact/hooks";
import { Link, Route, Switch } from "wouter-preact";
import { getOverview } from "./api/client";
import { followAlerts, stopFollowing } from "./api/live";
import { Alerts } from "./pages/alerts";
import { Calendars } from "./pages/calendars";
import { CaseFile } from "./pages/case_file";
import { Cases } from "./pages/cases";
import { Overview } from "./pages/overview";
import { SignIn } from "./pages/sign_in";
import { Frame } from "./parts/frame";
import { View } from "./parts/view";
import { session, today } from "./state";

function NotFound() {
  return (
    <View title="Not found" heading="There is nothing at this address">
      <p>
        <Link href="/">Go to the overview</Link>
      </p>
    </View>
  );
}

// A tab stays open over midnight, and the services' calendar may run faster than ours.
const kDayCheckMs = 60_000;

/** Asks the gateway for its calendar day, which also tells whether there is a session. */
async function greet(): Promise<void> {
  try {
    today.value = (await getOverview("")).asOf;
  } catch {
    // A 401 has ended the session; anything else is said by the view, which asks for itself.
  }
  if (session.value === "unknown") session.value = "in";
}

export function App() {
  const state = session.value;
  useEffect(() => {
    if (state === "out") stopFollowing();
    if (state === "unknown" || (state === "in" && !today.value)) void greet();
    if (state !== "in") return;
    followAlerts();
    const timer = setInterval(() => document.visibilityState === "visible" && void greet(), kDayCheckMs);
    return () => clearInterval(timer);
  }, [state]);
  if (state === "unknown") return null;
  if (state === "out") return <SignIn />;
  return (
    <Frame>
      <Switch>
        <Route path="/" component={Overview} />
        <Route path="/cases" component={Cases} />
        <Route path="/cases/:code">{(params) => <CaseFile key={params.code} code={params.code} />}</Route>
        <Route path="/alerts" component={Alerts} />
        <Route path="/calendars" component={Calendars} />
        <Route component={NotFound} />
      </Switch>
    </Frame>
  );
}
