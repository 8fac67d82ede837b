/** Calls of the server, and what the portal says about those that failed. */

import { Api } from "../drf_accessflow_mfa/api.js";
import { stepUpFetch } from "../drf_accessflow_mfa/step-up-fetch.js";

const UNWELL = "The server is not answering properly just now. Try again in a moment; nothing is lost.";
const PROBLEMS = {
  offline: "The server cannot be reached. Check your connection and try again; nothing is lost.",
  "signed-out": "Your session has ended. Sign in again in another tab, then come back here: nothing is lost.",
};

export const dialog = document.querySelector("mfa-dialog");
export const api = new Api(dialog?.dataset.api ?? "");

/** Make a guarded call; return whether it succeeded, its body, and a problem for show(). */
export async function call(url, init) {
  let response;
  try {
    response = await stepUpFetch(url, init);
  } catch ({ challenge }) {
    // Cancelled, or nobody could be asked: what the server said about the call stands.
    return { ok: false, problem: challenge ? [challenge.detail] : problemOf("offline") };
  }
  const body = await response.json().catch(() => ({}));
  return { ok: response.ok, body, problem: response.ok ? [] : await problemIn(response, body) };
}

/** Return what to say where the server could not be asked, or not by this session. */
export function problemOf(outcome) {
  return outcome === "signed-out" ? [PROBLEMS[outcome], " ", signInLink()] : [PROBLEMS[outcome] ?? UNWELL];
}

async function problemIn({ status }, { detail, errors }) {
  // Not every API has a code for "who are you?"; the MFA API has.
  const mayBeSignedOut = status === 401 || status === 403;
  if (mayBeSignedOut && (await api.get("status/")).outcome === "signed-out") return problemOf("signed-out");
  return [errors ? Object.values(errors).flat().join(" ") : (detail ?? UNWELL)];
}

function signInLink() {
  const link = { href: dialog.dataset.login, target: "_blank", rel: "noopener", textContent: "Sign in" };
  return Object.assign(document.createElement("a"), link);
}
