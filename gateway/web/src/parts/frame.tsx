// The frame around every view: banner, navigation, the day that is read, footer.
import type { ComponentChildren } from "preact";
import { Link, useLocation } from "wouter-preact";
import { signOut } from "../api/client";
import { arrival, stopFollowing, waitingCount } from "../api/live";
import { readDay, session } from "../state";
import { dayWords, kCaseZone, weekday, zoneWords } from "../words/dates";
import { AsOfChooser, AsOfNotice } from "./as_of";

function NavLink(props: { href: string; children: ComponentChildren }) {
  const [path] = useLocation();
  const here = props.href === "/" ? path === "/" : path.startsWith(props.href);
  return (
    <Link href={props.href} aria-current={here ? "page" : undefined}>
      {props.children}
    </Link>
  );
}

async function leave(): Promise<void> {
  try {
    await signOut();
  } finally {
    stopFollowing();
    session.value = "out";
  }
}

export function Brand() {
  return (
    <span class="brand">
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
        <rect class="mark-ground" width="32" height="32" rx="7" />
        <path class="mark-line" d="M7 9l9 15 9-15" />
        <circle class="mark-dot" cx="16" cy="9" r="2.6" />
      </svg>
      Vigil
    </span>
  );
}

export function Frame(props: { children: ComponentChildren }) {
  const waiting = waitingCount.value;
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <div class="top-inner">
          <Link href="/" class="home">
            <Brand />
          </Link>
          <nav aria-label="Main">
            <NavLink href="/">Overview</NavLink>
            <NavLink href="/cases">Cases</NavLink>
            <NavLink href="/alerts">
              Alerts
              {waiting > 0 && (
                <span class="badge">
                  {waiting}
                  <span class="unseen"> waiting for an answer</span>
                </span>
              )}
            </NavLink>
          </nav>
          <AsOfChooser />
          <button type="button" class="button-quiet" onClick={leave}>
            Sign out
          </button>
        </div>
      </header>
      <AsOfNotice />
      <main id="main" tabIndex={-1}>
        {props.children}
      </main>
      <p class="unseen" role="status">
        {arrival}
      </p>
      <footer class="foot">
        <p>
          {readDay.value && `Read as of ${weekday(readDay.value)}, ${dayWords(readDay.value)}. `}
          Days are those of each case's time zone ({zoneWords(kCaseZone)} unless the case says another). Dates follow
          from recorded facts and versioned rules; they are no legal advice. Confidential: what you print or save leaves
          Vigil's protection.
        </p>
      </footer>
    </>
  );
}
