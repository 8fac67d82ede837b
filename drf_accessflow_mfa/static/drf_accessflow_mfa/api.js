/**
 * Calls of the MFA API with this page's session.
 *
 * Every call resolves to { outcome, status, body }; outcome is "ok", "refused"
 * (the server said no; see body.code), "offline", "unwell" or "signed-out".
 */

import { csrfToken, renewToken } from "./csrf.js";

export class Api {
  #root;

  constructor(root) {
    this.#root = root;
  }

  get(path) {
    return this.#call("GET", path);
  }

  async post(path, body) {
    const answer = await this.#call("POST", path, body);
    if (!isForged(answer)) return answer;
    // Another tab has verified meanwhile, and with it the token has changed.
    await renewToken();
    return this.#call("POST", path, body);
  }

  async #call(method, path, body) {
    const headers = { Accept: "application/json" };
    if (method !== "GET") {
      headers["Content-Type"] = "application/json";
      headers["X-CSRFToken"] = csrfToken();
    }
    let response;
    try {
      response = await fetch(this.#root + path, {
        method,
        headers,
        body: body && JSON.stringify(body),
        credentials: "same-origin",
        cache: "no-store",
      });
    } catch {
      return { outcome: "offline", status: 0, body: {} };
    }
    const answered = await response.json().catch(() => ({}));
    return { outcome: outcomeOf(response, answered), status: response.status, body: answered };
  }
}

function outcomeOf(response, body) {
  if (response.ok) return "ok";
  if (response.status >= 500) return "unwell";
  if (body.code === "not_authenticated" || body.code === "authentication_failed") return "signed-out";
  return "refused";
}

function isForged({ status, body }) {
  return status === 403 && String(body.detail ?? "").startsWith("CSRF");
}
