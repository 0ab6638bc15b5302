// Signing in: the token is typed once and becomes a cookie that no script can read.
import { useEffect, useRef, useState } from "preact/hooks";
import { signIn } from "../api/client";
import { Brand } from "../parts/frame";
import { session } from "../state";

export function SignIn() {
  const field = useRef<HTMLInputElement>(null);
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = "Sign in – Vigil";
    field.current?.focus();
  }, []);

  async function submit(event: Event) {
    event.preventDefault();
    const input = field.current;
    const token = input?.value.trim();
    if (!input || !token) {
      setWrong("Enter the token.");
      return;
    }
    setBusy(true);
    try {
      if (await signIn(token)) {
        session.value = "in";
        return;
      }
      setWrong("This token is not known. Check that all of it was copied.");
    } catch (error) {
      setWrong((error as Error).message);
    }
    setBusy(false);
    input.select();
  }

  return (
    <main class="sign-in" id="main">
      <Brand />
      <h1>Sign in</h1>
      <p class="lead">Case files of people prosecuted for political reasons, and the dates that matter next.</p>
      <form onSubmit={submit} noValidate>
        <input type="text" name="username" autoComplete="username" value="Vigil" readOnly hidden />
        <label for="token">Access token</label>
        <input
          ref={field}
          id="token"
          name="token"
          type="password"
          autoComplete="current-password"
          spellcheck={false}
          required
          aria-invalid={wrong !== ""}
          aria-describedby={wrong ? "token-wrong token-help" : "token-help"}
        />
        <p id="token-wrong" class="field-wrong" role="alert">
          {wrong}
        </p>
        <button type="submit" disabled={busy}>
          {busy ? "Signing in…" : "Sign in"}
        </button>
        <p id="token-help" class="hint">
          Whoever runs Vigil for you gives you the token. It is kept in this browser as a sealed cookie until you sign
          out.
        </p>
      </form>
    </main>
  );
}
