/**
 * The CSRF token of this page, which changes with each verification.
 *
 * It is read from its cookie. Where scripts may not read that one, it is taken
 * from a fresh page of ours.
 */

import { parsed } from "./safe-markup.js";

let renewed = "";

export function csrfToken() {
  const { csrfCookie, csrfToken: rendered } = places();
  return cookieNamed(csrfCookie) || renewed || rendered || "";
}

/** Bring the token, and every form of this page, up to date. */
export async function renewToken() {
  const { csrfCookie, security } = places();
  if (!cookieNamed(csrfCookie) && security) await fetchToken(security);
  bringUpToDate(document.querySelectorAll("input[name=csrfmiddlewaretoken]"));
}

/** Give hidden fields the newest token that is known. */
export function bringUpToDate(fields) {
  const token = csrfToken();
  for (const field of fields) if (field && token) field.value = token;
}

async function fetchToken(address) {
  try {
    const page = parsed(await (await fetch(address, { cache: "no-store" })).text());
    renewed = page.querySelector("mfa-dialog")?.dataset.csrfToken ?? renewed;
  } catch {
    // Offline: the old token is as good as none.
  }
}

function places() {
  return document.querySelector("mfa-dialog")?.dataset ?? {};
}

function cookieNamed(name) {
  if (!name) return "";
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}
