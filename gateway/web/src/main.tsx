import { render } from "preact";
import { App } from "./app";

// Paper has no disclosure triangles: everything is open while it prints.
let closed: HTMLDetailsElement[] = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll<HTMLDetailsElement>("main details:not([open])")];
  for (const details of closed) details.open = true;
});
addEventListener("afterprint", () => {
  for (const details of closed) details.open = false;
});

render(<App />, document.getElementById("page") as HTMLElement);
