// The frame of a view: the document's title, the heading that takes the focus after a change of view, errors and partial answers.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

let views = 0;

/** `title` goes into the window's title and so into the browser's history: no name in it. */
export function View(props: { title: string; heading: ComponentChildren; children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${props.title} – Vigil`;
  }, [props.title]);
  useEffect(() => {
    views += 1;
    if (views > 1) heading.current?.focus();
  }, []);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {props.heading}
      </h1>
      {props.children}
    </>
  );
}

export function Failure(props: { what: string; error?: Error; again?: () => void }) {
  if (!props.error) return null;
  return (
    <div class="notice notice-bad" role="alert">
      <p>
        <strong>{props.what}</strong> {props.error.message}
      </p>
      {props.again && (
        <button type="button" class="button-quiet" onClick={props.again}>
          Try again
        </button>
      )}
    </div>
  );
}

/** What could not be had, by its plain names. */
export function Missing(props: { parts: string[] | undefined }) {
  if (!props.parts?.length) return null;
  return (
    <div class="notice notice-bad" role="alert">
      <p>
        <strong>This page is incomplete.</strong> These parts could not be had just now: {props.parts.join(", ")}. Do
        not take what is not shown for what does not exist; load the page again in a moment.
      </p>
    </div>
  );
}

export function Waiting(props: { what: string }) {
  return <p class="waiting">Loading {props.what}…</p>;
}
